package io.weft.model.folder;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.file.JsonFile;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import io.weft.tensor.TensorFile;
import io.weft.tensor.TensorFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * The files of a model folder that hold its weights: safetensors where there are any, otherwise what {@code torch.save}
 * wrote; one file, or shards and an index that names them.
 */
final class WeightFiles {
    /** In the order in which they are preferred. */
    private static final List<String> FORMS = List.of("model.safetensors", "model.safetensors.index.json",
            "pytorch_model.bin", "pytorch_model.bin.index.json");
    private static final Pattern PLAIN_NAME = Pattern.compile("(?!\\.+$)[^/\\\\:*?\"<>|\\p{Cntrl}]+");
    private static final int SHOWN = 12;

    private WeightFiles() {}

    static boolean areIn(Path folder) { return FORMS.stream().anyMatch(name -> Files.exists(folder.resolve(name))); }

    /** @throws UserError when there are none, one is missing or damaged, or an index names what it must not */
    static List<TensorFile> open(Path folder) {
        Path first = first(folder);
        return (isIndex(first) ? shards(first) : List.of(first.getFileName().toString())).stream()
                .map(name -> TensorFiles.open(folder.resolve(name))).toList();
    }

    /** The names of all of them, an index too. @throws UserError as {@link #open}, but nothing is opened */
    static List<String> names(Path folder) {
        Path first = first(folder);
        List<String> names = new ArrayList<>(List.of(first.getFileName().toString()));
        names.addAll(isIndex(first) ? shards(first) : List.of());
        return names;
    }

    private static Path first(Path folder) {
        return FORMS.stream().map(folder::resolve).filter(Files::exists).findFirst()
                .orElseThrow(() -> missing(folder, List.of()));
    }

    private static boolean isIndex(Path file) { return file.toString().endsWith(".json"); }

    /** What a folder that is no whole model is told. @param others files beside the weights that are missing too */
    static UserError missing(Path folder, List<String> others) {
        List<String> missing = new ArrayList<>(others);
        if (!areIn(folder)) {
            missing.add(say("the weights (one of %s)", String.join(", ", FORMS)));
        }
        String what = areIn(folder) ? "" : say(" holds no weights and");
        return UserError.of(say("%s%s is no whole model: missing is %s; there is %s. Fetch the model with weft pull "
                + "ORG/NAME, or copy the missing files into the folder", folder, what, String.join(", ", missing),
                contents(folder)));
    }

    private static Set<String> shards(Path index) {
        Set<String> names = new LinkedHashSet<>();
        for (JsonNode name : JsonFile.object(index).path("weight_map")) {
            if (!name.isTextual() || !PLAIN_NAME.matcher(name.asText()).matches()) {
                throw UserError.of(say("%s names the file \"%s\", which lies outside of its folder", index,
                        name.asText()));
            }
            names.add(name.asText());
        }
        if (names.isEmpty()) {
            throw UserError.of(say("%s: \"weight_map\" is missing or empty", index));
        }
        Problems problems = new Problems(index.toString());
        names.stream().filter(name -> !Files.exists(index.resolveSibling(name)))
                .forEach(name -> problems.add(say("it names %s, which is not in the folder; fetch or copy it", name)));
        problems.throwIfAny();
        return names;
    }

    private static String contents(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
            String shown = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
            return names.isEmpty() ? say("no file") : names.size() > SHOWN
                    ? say("%s and %d more", shown, names.size() - SHOWN) : shown;
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", folder, e.getMessage()), e);
        }
    }
}
