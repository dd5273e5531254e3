package io.weft.app.serve;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Message;
import io.weft.data.Thinking;
import io.weft.generate.GenerationOptions;
import io.weft.generate.Sampling;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a client asks.
 *
 * @param stops   texts that end the answer; they are no part of it
 * @param options what is asked of the answer beside its sampling
 * @param model   by its name, one of {@link Answerer#models}; empty: the first of them
 * @param key     name of the client's key, or ""; those of one key wait in one line
 */
public record Question(Asked asked, Sampling sampling, List<String> stops, GenerationOptions options,
        Optional<String> model, String key) {
    public Question { stops = List.copyOf(stops); }

    /** One of a client without a key. */
    public Question(Asked asked, Sampling sampling, List<String> stops, GenerationOptions options,
            Optional<String> model) {
        this(asked, sampling, stops, options, model, "");
    }

    /** The same of the client with a key of that name. */
    public Question by(String key) { return new Question(asked, sampling, stops, options, model, key); }

    /** One of the first model, with nothing else asked. */
    public Question(Asked asked, Sampling sampling, List<String> stops) {
        this(asked, sampling, stops, GenerationOptions.PLAIN, Optional.empty());
    }

    /** The prompt, in the form in which it came. */
    public sealed interface Asked {
        /** Text that the model reads as it is. */
        record Raw(String text) implements Asked {}

        /**
         * A text that is read whole, for a label or a score.
         *
         * @param response the answer to it that is scored, where one is
         */
        record Read(String text, Optional<String> response) implements Asked {}

        /** Ids that the model reads as they are. */
        record Ids(int[] ids) implements Asked {}

        /**
         * A conversation, which becomes a prompt in the way that the model was tuned with.
         *
         * @param tools     that the model may call, each as OpenAI's API describes one, for the chat template
         * @param continues whether the answer goes on behind the last message, the assistant's
         * @param variables more that the chat template is given: texts, numbers and booleans
         * @param strict    whether turns that the model was not tuned with are refused
         */
        record Chat(List<Message> messages, Thinking thinking, List<JsonNode> tools, boolean continues,
                Map<String, Object> variables, boolean strict) implements Asked {
            public Chat {
                messages = List.copyOf(messages);
                tools = List.copyOf(tools);
                variables = Map.copyOf(variables);
            }

            /** One whose chat template is given nothing more. */
            public Chat(List<Message> messages, Thinking thinking, List<JsonNode> tools, boolean continues) {
                this(messages, thinking, tools, continues, Map.of(), false);
            }

            /** One without tools that is answered. */
            public Chat(List<Message> messages, Thinking thinking) { this(messages, thinking, List.of(), false); }

            /** One that leaves it to the model whether it thinks first. */
            public Chat(List<Message> messages) { this(messages, Thinking.AUTO); }
        }
    }
}
