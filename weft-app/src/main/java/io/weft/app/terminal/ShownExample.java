package io.weft.app.terminal;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.data.Judged;
import io.weft.data.Labelled;
import io.weft.data.Place;
import io.weft.data.Preference;
import io.weft.data.Sample;
import io.weft.token.DecodeStream;
import io.weft.token.Tokenizer;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

import static io.weft.problem.Language.say;

/**
 * A document of a row as the model would see it.
 *
 * @param name    of the document where a row has several, or is marked; else ""
 * @param parts   text in its order, neighbours of one kind joined; empty for a row that is dropped
 * @param tokens  of the example  @param trained of these, learned
 * @param whole   tokens of the document before any cut
 */
public record ShownExample(Place place, String name, List<Part> parts, int tokens, int trained, int whole) {
    /** Around what is learned where there is no colour. */
    public static final String OPEN = "⟦", CLOSE = "⟧";

    /** @param trained whether it is learned */
    public record Part(String text, boolean trained) {}

    /**
     * Each document of a row, or one that says that the row is dropped.
     *
     * @param whole the row's documents before any cut
     */
    public static List<ShownExample> of(Sample sample, List<ExampleGroup> encoded, ExampleGroup whole,
            Tokenizer tokenizer) {
        if (encoded.isEmpty()) {
            int longest = whole.documents().stream().mapToInt(Example::length).max().orElseThrow();
            return List.of(new ShownExample(sample.place(), "", List.of(), 0, 0, longest));
        }
        List<ShownExample> shown = new ArrayList<>();
        for (int group = 0; group < encoded.size(); group++) {
            List<Example> documents = encoded.get(group).documents();
            for (int i = 0; i < documents.size(); i++) {
                String name = sample instanceof Preference ? i == 0 ? say("chosen") : say("rejected")
                        : sample instanceof Judged judged ? judged.desirable() ? say("good") : say("bad")
                        : sample instanceof Labelled labelled ? labelled.label()
                        : encoded.size() > 1 ? say("part %d of %d", group + 1, encoded.size()) : "";
                int length = encoded.size() > 1 ? documents.get(i).length() : whole.documents().get(i).length();
                shown.add(of(sample.place(), name, documents.get(i), length, tokenizer));
            }
        }
        return shown;
    }

    private static ShownExample of(Place place, String name, Example example, int whole, Tokenizer tokenizer) {
        List<Part> parts = new ArrayList<>();
        DecodeStream text = tokenizer.stream(false);
        for (int i = 0; i < example.length(); i++) {
            add(parts, text.push(example.ids()[i]), i > 0 && example.trained()[i]);
        }
        add(parts, text.finish(), example.trained()[example.length() - 1]);
        return new ShownExample(place, name, parts, example.length(), example.trainedTokens(), whole);
    }

    private static void add(List<Part> parts, String text, boolean trained) {
        if (text.isEmpty()) {
            return;
        }
        Part last = parts.isEmpty() ? null : parts.get(parts.size() - 1);
        if (last != null && last.trained() == trained) {
            parts.set(parts.size() - 1, new Part(last.text() + text, trained));
        } else {
            parts.add(new Part(text, trained));
        }
    }

    private boolean isDropped() { return parts.isEmpty(); }

    public void print(PrintStream to) {
        String note = isDropped() ? say("dropped: %,d tokens", whole)
                : say("%,d tokens, %,d learned", tokens, trained)
                + (whole > tokens ? say("; cut from %,d", whole) : "");
        to.println(AnsiStyle.STRONG.on("── " + place + (name.isEmpty() ? "" : " " + name) + "  ")
                + (whole > tokens ? AnsiStyle.DOUBTFUL : AnsiStyle.FAINT)
                .on(note));
        for (Part part : parts) {
            to.print(!part.trained() ? part.text() : AnsiStyle.flows() ? AnsiStyle.TRAINED.on(part.text())
                    : OPEN + part.text() + CLOSE);
        }
        to.println();
        to.println();
    }

    public ObjectNode json() {
        ObjectNode root = new ObjectMapper().createObjectNode().put("file", place.file()).put("line", place.line())
                .put("tokens", tokens).put("trained", trained)
                .put("tokensBeforeCut", whole).put("dropped", isDropped());
        if (!name.isEmpty()) {
            root.put("document", name);
        }
        ArrayNode texts = root.putArray("parts");
        parts.forEach(part -> texts.addObject().put("text", part.text()).put("trained", part.trained()));
        return root;
    }
}
