package io.weft.recipe;

import io.weft.problem.UserError;
import io.weft.settings.Node;
import io.weft.settings.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * Makes a {@link Recipe} of what was given, in this order of precedence: the command line, the file, what a command
 * gives itself, the {@link Preset} that any of them names, the records' defaults. Strict: an unknown key, a wrong type,
 * a value out of bounds, a key given twice, a missing one are problems, and all of them are told at once.
 */
public final class RecipeReader {
    /** Bytes; a recipe is far smaller, so something else was given. */
    private static final long LARGEST = 1 << 20;

    private RecipeReader() {}

    /**
     * @param file      the recipe, when there is one
     * @param overrides settings of the command line: {@code tuning.lora.rank=16}, {@code
     *     tuning.lora.targets=q_proj,v_proj}, {@code tuning.full=true}
     * @param base      settings below the file's, which a command gives itself, in the same form
     * @param checks    what else is to be checked
     * @throws UserError naming every problem with its line, or "command line"
     */
    public static Recipe read(Optional<Path> file, List<String> overrides, List<String> base, RecipeCheck... checks) {
        Layer written = file.isEmpty() ? findings -> Optional.of(Node.Mapping.empty(Origin.NOWHERE))
                : yaml(text(file.get()), true);
        String subject = file.map(Path::toString).orElseGet(() -> say("the recipe"));
        return bound(subject, List.of(given(base, Origin.NOWHERE), written, given(overrides, Origin.COMMAND_LINE)),
                checks);
    }

    /** The recipe that a text holds. @param subject what problems are said to be of */
    static Recipe parse(String text, String subject) { return bound(subject, List.of(yaml(text, true))); }

    /** A copy of a recipe with some settings changed. */
    static Recipe changed(Recipe recipe, List<String> settings) {
        return bound(say("the recipe"), List.of(yaml(RecipeWriter.text(recipe), false),
                given(settings, Origin.NOWHERE)));
    }

    /** Settings from one source, over those from the sources before it; nothing when it cannot be read at all. */
    private interface Layer {
        Optional<Node.Mapping> read(Findings findings);
    }

    private static Layer yaml(String text, boolean withLines) {
        return findings -> YamlTree.read(text, line -> withLines ? Origin.line(line) : Origin.NOWHERE, findings);
    }

    private static Layer given(List<String> settings, Origin origin) {
        return findings -> Optional.of(Overrides.tree(settings, origin, findings));
    }

    private static Recipe bound(String subject, List<Layer> layers, RecipeCheck... checks) {
        var findings = new Findings();
        Node.Mapping merged = Node.Mapping.empty(Origin.NOWHERE);
        for (Layer layer : layers) {
            Optional<Node.Mapping> settings = layer.read(findings);
            if (settings.isEmpty()) {
                findings.throwIfAny(subject);
            }
            merged = Layers.over(merged, settings.orElseThrow());
        }
        merged = Layers.over(Preset.under(merged, findings), merged);
        findings.locateIn(merged);
        Optional<Recipe> recipe = new Binding(findings).recipe(merged);
        recipe.ifPresent(whole -> List.of(checks).forEach(check -> check.check(whole, findings)));
        findings.throwIfAny(subject);
        return recipe.orElseThrow(() -> new IllegalStateException("no recipe and no problem"));
    }

    private static String text(Path file) {
        if (Files.isDirectory(file)) {
            throw UserError.of(say("%s is a folder; expected a recipe file, such as %s", file,
                    file.resolve("recipe.yaml")));
        }
        try {
            if (Files.size(file) > LARGEST) {
                throw UserError.of(say("%s has %d bytes; a recipe has at most %d, so this is something else; rows go "
                        + "into data.train", file, Files.size(file), LARGEST));
            }
            // such a decoder refuses what is not UTF-8
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw UserError.of(say("%s is not UTF-8; save it as UTF-8 text", file), e);
        } catch (IOException e) {
            boolean missing = Files.notExists(file);
            throw UserError.of(missing ? say("%s: no such file; 'weft init' writes a recipe to start from", file)
                    : say("%s cannot be read (%s); check its permissions", file, e), e);
        }
    }
}
