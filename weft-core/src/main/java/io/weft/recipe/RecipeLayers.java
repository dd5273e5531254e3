package io.weft.recipe;

import io.weft.data.read.DiskError;
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

/** The sources of a recipe, each over those before it, with the preset that any of them names below all. */
final class RecipeLayers {
    /** Bytes; a recipe is far smaller, so something else was given. */
    private static final long LARGEST = 1 << 20;
    private final String subject;
    private final Findings findings = new Findings();
    private Node.Mapping merged = Node.Mapping.empty(Origin.NOWHERE);

    /** @param subject what problems are said to be of */
    RecipeLayers(String subject) { this.subject = subject; }

    /** A YAML text. @param withLines whether problems name its lines */
    RecipeLayers yaml(String text, boolean withLines) {
        Optional<Node.Mapping> settings = YamlTree.read(text, line ->
                withLines ? Origin.line(line) : Origin.NOWHERE, findings);
        if (settings.isEmpty()) {
            findings.throwIfAny(subject);
        }
        merged = Layers.over(merged, ModelKey.flat(settings.orElseThrow()));
        return this;
    }

    /** A YAML file. */
    RecipeLayers file(Path file) { return yaml(text(file), true); }

    /** Settings as on a command line. @param origin of all of them */
    RecipeLayers given(List<String> settings, Origin origin) {
        merged = Layers.over(merged, Overrides.tree(settings, origin, findings));
        return this;
    }

    /** What all of them say together. */
    Node.Mapping tree() {
        Node.Mapping all = Layers.over(Preset.under(merged, findings), merged);
        findings.locateIn(all);
        return all;
    }

    Findings findings() { return findings; }

    /** @throws UserError naming every problem that was found */
    void throwIfAny() { findings.throwIfAny(subject); }

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
                    : say("%s cannot be read (%s); check its permissions", file, DiskError.of(e)), e);
        }
    }
}
