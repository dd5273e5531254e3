package io.weft.app.serve;

import io.weft.data.Message;
import io.weft.data.Thinking;
import io.weft.generate.Sampling;
import java.util.List;
import java.util.Optional;

/** What a client asks. @param stops texts that end the answer; they are no part of it */
public record Question(Asked asked, Sampling sampling, List<String> stops) {
    public Question { stops = List.copyOf(stops); }

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

        /** A conversation, which becomes a prompt in the way that the model was tuned with. */
        record Chat(List<Message> messages, Thinking thinking) implements Asked {
            public Chat { messages = List.copyOf(messages); }

            /** One that leaves it to the model whether it thinks first. */
            public Chat(List<Message> messages) { this(messages, Thinking.AUTO); }
        }
    }
}
