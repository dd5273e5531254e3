package io.weft.app.serve;

import io.weft.app.terminal.Signals;
import io.weft.data.OverLength;
import io.weft.data.PromptStyle;
import io.weft.generate.Generator;
import io.weft.generate.RowReader;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.token.TinyTokenizers;
import io.weft.token.Tokenizer;
import io.weft.token.chat.MessageTemplate;
import io.weft.token.chat.Segment;
import io.weft.token.encode.ConversationEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A random model of two layers with a real tokenizer: its answers mean nothing, but they are the same each time, and
 * they never end by themselves.
 */
final class TinyModel {
    static final int CONTEXT = 200_000;

    private TinyModel() {}

    /** Loads, as a server's model thread does. */
    static Supplier<ServedModel> in(Path folder, PromptStyle style) {
        return () -> {
            ModelFolder described = described(folder);
            Tokenizer tokenizer = TinyTokenizers.make(folder);
            return new ServedModel(new Generator(described.initialise(3), CONTEXT, Set.of()), tokenizer,
                    PromptBuilder.of(encoder(tokenizer, style), style));
        };
    }

    /** The same body with a head that tells labels apart, or gives a score where there is one label. */
    static Supplier<ServedModel> reading(Path folder, List<String> labels) {
        return () -> {
            CausalLm model = described(folder).telling(labels, 3, OptionalInt.empty()).initialise(3);
            Tokenizer tokenizer = TinyTokenizers.make(folder);
            return new ServedModel(null, new RowReader(model, labels, Adapters.DEFAULT), CONTEXT, tokenizer,
                    PromptBuilder.of(encoder(tokenizer, PromptStyle.PLAIN), PromptStyle.PLAIN));
        };
    }

    private static ModelFolder described(Path folder) {
        try {
            Files.writeString(folder.resolve("config.json"), """
                    {"model_type": "llama", "vocab_size": 400, "hidden_size": 32, "intermediate_size": 64, \
                    "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 1,
                     "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "max_position_embeddings": 200000, \
                     "initializer_range": 0.3}""");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ModelFolder.open(folder);
    }

    static ConversationEncoder encoder(Tokenizer tokenizer, PromptStyle style) {
        return style == PromptStyle.TEMPLATE ? ConversationEncoder.ofTemplate(tokenizer, chatMl(), 1024, OverLength.CUT)
                : ConversationEncoder.ofText(tokenizer, style, 1024, OverLength.CUT);
    }

    static MessageTemplate chatMl() {
        return (messages, answerNext) -> {
            List<Segment> pieces = new ArrayList<>();
            messages.forEach(message -> {
                pieces.add(new Segment(TinyTokenizers.START + message.role() + "\n", false, false));
                pieces.add(new Segment(message.content(), true, message.isAssistant()));
                pieces.add(new Segment(TinyTokenizers.END + "\n", false, false));
            });
            if (answerNext) {
                pieces.add(new Segment(TinyTokenizers.START + "assistant\n", false, false));
            }
            return pieces;
        };
    }

    /** A server of its own process, to be told to stop. */
    public static void main(String[] arguments) throws Exception {
        ModelAnswerer answerer = ModelAnswerer.start("tiny", 4, 2, in(Path.of(arguments[0]), PromptStyle.PLAIN));
        answerer.awaitReady();
        WeftServer server = WeftServer.start(new ServeSettings("127.0.0.1", 0, java.util.Optional.empty(), 100_000,
                1 << 20, Duration.ofMinutes(5),
                Duration.ofMillis(Long.parseLong(arguments[1]))), answerer);
        System.out.println("port " + server.port());
        try (Signals signals = Signals.any(server::stop)) {
            server.runUntilStopped();
        }
    }
}
