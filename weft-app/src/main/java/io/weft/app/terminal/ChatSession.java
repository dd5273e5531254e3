package io.weft.app.terminal;

import io.weft.data.Message;
import io.weft.data.PromptStyle;
import io.weft.generate.Generator;
import io.weft.generate.Prompt;
import io.weft.generate.Sampling;
import io.weft.generate.TokenListener;
import io.weft.loaded.LoadedModel;
import io.weft.problem.UserError;
import io.weft.token.answer.AnswerStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import static io.weft.problem.Language.say;

/**
 * A conversation in a terminal. It remembers what was said where the prompt style can tell several turns; else each
 * question stands alone, as the model was tuned.
 */
public final class ChatSession implements AutoCloseable {
    private final LoadedModel loaded;
    private final Sampling sampling;
    private final PrintStream out;
    private final BufferedReader in;
    private final Generator generator;
    private final List<Message> said = new ArrayList<>();
    private final Signals signals = Signals.interrupt(this::interrupted);
    private long asked;
    private volatile boolean answering, stopped;

    public ChatSession(LoadedModel loaded, Sampling sampling, Streams streams) {
        this.loaded = loaded;
        this.sampling = sampling;
        out = streams.out();
        in = new BufferedReader(new InputStreamReader(streams.in(), StandardCharsets.UTF_8));
        generator = loaded.generator();
    }

    public void run() {
        boolean remembers = style().takesSeveralTurns();
        out.println(say("%s: prompts as %s%s. /exit ends, /clear forgets, Ctrl-C stops an answer.", loaded.name(),
                style().word(),
                remembers ? "" : say(", each question by itself")));
        for (String line = next(); line != null && !line.equals("/exit"); line = next()) {
            if (line.equals("/clear")) {
                said.clear();
            } else if (line.startsWith("/") && line.length() > 1 && !line.contains(" ")) {
                out.println(say("%s: no such command; there are /exit and /clear", line));
            } else if (!line.isBlank()) {
                answer(line);
            }
        }
    }

    private PromptStyle style() { return loaded.wording().style(); }

    private String next() {
        out.print(AnsiStyle.STRONG.on("> "));
        out.flush();
        try {
            String line = in.readLine();
            return line == null ? null : line.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(String question) {
        int room = generator.contextLength() - Math.min(sampling.maxNewTokens(), generator.contextLength() / 2);
        List<Message> messages = new ArrayList<>(style().takesSeveralTurns() ? said : List.of());
        messages.add(Message.user(style().takesSeveralTurns() ? question : style().build(question, "")));
        var answer = new Shown();
        AnswerStream pieces = loaded.wording().encoder().answerStream();
        stopped = false;
        answering = true;
        try {
            int[] ids = loaded.wording().encoder().encodePrompt(messages, room);
            generator.generate(List.of(new Prompt(ids, sampling, asked++)), new TokenListener() {
                @Override public void token(int row, int id) { answer.show(pieces.push(id)); }

                @Override public boolean wanted(int row) { return !stopped; }
            });
            answer.show(pieces.finish());
            said.add(Message.user(question));
            said.add(answer.message());
        } catch (UserError e) {
            out.print(e.getMessage());   // this question cannot be asked, but another may
        } finally {
            answering = false;
        }
        out.println();
    }

    /** An answer as it is printed: what the model thinks first is faint, or where there are no colours in brackets. */
    private final class Shown {
        private final StringBuilder reasoning = new StringBuilder(), words = new StringBuilder();

        void show(AnswerStream.Piece piece) {
            if (!piece.reasoning().isEmpty()) {
                out.print(reasoning.isEmpty() && !AnsiStyle.flows() ? say("[thinks] ") : "");
                out.print(AnsiStyle.FAINT.on(piece.reasoning()));
                reasoning.append(piece.reasoning());
            }
            if (!piece.words().isEmpty()) {
                out.print(!reasoning.isEmpty() && words.isEmpty() ? AnsiStyle.flows() ? "\n\n" : say("\n[says] ") : "");
                out.print(piece.words());
                words.append(piece.words());
            }
            out.flush();
        }

        Message message() { return new Message("assistant", words.toString(), reasoning.toString()); }
    }

    /** Stops an answer; while none is being given the user wants to leave. */
    private void interrupted() {
        if (answering) {
            stopped = true;
        } else {
            out.println();
            // nothing is open that must be closed, and the main thread waits for a line that will not come
            Runtime.getRuntime().halt(ExitCode.DONE);
        }
    }

    @Override public void close() { signals.close(); }
}
