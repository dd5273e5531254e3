package io.weft.data.prepare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Excerpt;
import io.weft.problem.Problems;
import io.weft.problem.Translatable;
import io.weft.settings.Node;
import io.weft.settings.Values;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * The files of rows to train on, in the order in which they are read; {@code data.train} in a recipe. Printed as one
 * name, or as names with commas between them.
 *
 * @param names as the user gave them; none where none was given
 */
public record TrainFiles(List<String> names) {
    static final TrainFiles NONE = new TrainFiles(List.of());

    public TrainFiles { names = List.copyOf(names); }

    public static TrainFiles of(String... names) {
        return names.length == 1 && names[0].isEmpty() ? NONE : new TrainFiles(List.of(names));
    }

    public boolean isEmpty() { return names.isEmpty(); }

    public List<Path> paths() { return names.stream().map(Path::of).toList(); }

    /** Whether these are the same files in the same order, however their paths are spelt. */
    public boolean isSame(TrainFiles other) { return whole().equals(other.whole()); }

    /** Whether a file is among both. */
    public boolean shares(TrainFiles other) { return whole().stream().anyMatch(other.whole()::contains); }

    private List<Path> whole() { return paths().stream().map(path -> path.toAbsolutePath().normalize()).toList(); }

    /** Adds what is wrong with the names; files are looked at when they are read. */
    void check(Problems problems) {
        for (String name : names) {
            try {
                Path.of(name);
            } catch (InvalidPathException e) {
                problems.add(say("data.train: '%s' is no path to a file", Excerpt.of(name)));
                return;
            }
        }
        if (whole().stream().distinct().count() < names.size()) {
            problems.add(say("data.train: a file is named twice in %s; its rows would count twice", this));
        }
    }

    @Override public String toString() { return String.join(", ", names); }

    /** One name, or a list of them; in one text {@code [a,b]}, or with a line for each. */
    record OneOrMore() implements Values {
        @Override public Translatable expected() { return text("a file of rows, or a list of files"); }

        @Override public Optional<Object> parse(String text) {
            boolean list = text.startsWith("[") && text.endsWith("]");
            return files(List.of((list ? text.substring(1, text.length() - 1) : text).split(list ? "," : "\n", -1)));
        }

        @Override public Optional<Object> read(Node node) {
            return node instanceof Node.Sequence sequence ? files(sequence.items().stream()
                    .map(item -> item instanceof Node.Scalar scalar && !scalar.missing() ? scalar.text() : "").toList())
                    : Values.super.read(node);
        }

        private static Optional<Object> files(List<String> names) {
            List<String> all = names.size() == 1 ? names : names.stream().map(String::strip).toList();
            return all.isEmpty() || all.stream().anyMatch(String::isBlank) ? Optional.empty()
                    : Optional.of(new TrainFiles(all));
        }

        /** As a text where it is one name: that of a single file may look like a list, and is one then. */
        @Override public Object written(Object value) {
            List<String> names = value == null ? List.of() : ((TrainFiles) value).names();
            boolean plain = names.size() == 1 && parse(names.get(0)).filter(value::equals).isPresent();
            return names.isEmpty() ? "" : plain ? names.get(0) : names;
        }

        @Override public void describeIn(ObjectNode schema) {
            var either = schema.putArray("anyOf");
            either.addObject().put("type", "string").put("minLength", 1);
            either.addObject().put("type", "array").put("minItems", 1).putObject("items").put("type", "string")
                    .put("minLength", 1);
        }
    }
}
