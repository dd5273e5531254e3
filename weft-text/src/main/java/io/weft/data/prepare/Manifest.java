package io.weft.data.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.EncodingSettings;
import io.weft.data.OverLength;
import io.weft.data.PromptStyle;
import io.weft.data.mend.MendCounts;
import io.weft.data.read.Utf8Reader;
import io.weft.file.JsonProblem;
import io.weft.file.Sha256;
import io.weft.problem.UserError;
import io.weft.settings.Word;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

import static io.weft.problem.Language.say;

/**
 * What a run's {@code data/} holds and what it was made of: {@code manifest.json}, written last.
 *
 * @param settings     with nothing left to "auto"; how ids are made is the run's matter and not kept here
 * @param seed         of the split
 * @param sources      the user's files  @param heldOutSource the file of held-out rows, when they had their own
 * @param columns      of both prepared files: "prompt, completion", "messages" or "text"
 * @param rejected     rows that are not used, by reason  @param flags rows that are used and odd, by flag
 * @param mended       what each step did that the settings name, in their order
 * @param unusedFields fields that the format does not read, by the number of rows that have them
 */
public record Manifest(DataSettings settings, long seed, List<Source> sources,
        Optional<Source> heldOutSource, String columns, Counts counts,
        Map<String, Integer> rejected, Map<String, Integer> flags, Map<String, Integer> unusedFields,
        Map<String, MendCounts> mended, Map<String, Source> files) {
    /** The newest layout written here; a newer one is refused. */
    public static final int FORMAT_VERSION = 2;
    static final String NAME = "manifest.json";

    /**
     * A file as it was.
     *
     * @param file its name, as the user gave it or in the folder
     * @param rows lines of a prepared file; of a source, rows read
     */
    public record Source(String file, int rows, long bytes, String sha256) {
        static Source of(String name, DataFile.Seal seal) {
            return new Source(name, seal.lines(), seal.bytes(), seal.sha256());
        }
    }

    /**
     * Numbers of rows.
     *
     * @param alsoTrained held-out rows whose prompt stands among the training rows too: they measure memory
     */
    public record Counts(int read, int rejected, int train, int heldOut, int alsoTrained) {}

    /** All files as one: their names, what they hold together, and what tells their contents from others. */
    public Source source() {
        return sources.size() == 1 ? sources.get(0) : new Source(settings.train().toString(),
                sources.stream().mapToInt(Source::rows).sum(), sources.stream().mapToLong(Source::bytes).sum(),
                together());
    }

    private String together() {
        MessageDigest digest = Sha256.digest();
        sources.forEach(source -> digest.update(source.sha256.getBytes(StandardCharsets.US_ASCII)));
        return Sha256.hex(digest);
    }

    String json() {
        ObjectNode root = RowSpool.JSON.createObjectNode()
                .put("formatVersion", ManifestMending.isAsked(settings) ? FORMAT_VERSION : 1);
        ObjectNode data = root.putObject("settings");
        data.set("train", ManifestMending.train(settings.train()));
        data.put("format", settings.format());
        settings.rows().ifPresent(rows -> data.put("rows", rows));
        settings.prompt().ifPresent(prompt -> data.put("prompt", prompt.word()));
        data.put("maxLength", settings.maxLength()).put("pack", settings.pack())
                .put("overLength", settings.overLength().word()).put("heldOut", settings.heldOut());
        ManifestMending.write(settings, data);
        root.put("seed", seed).set("source", json(source()));
        if (sources.size() > 1) {
            ArrayNode each = root.putArray("sources");
            sources.forEach(source -> each.add(json(source)));
        }
        heldOutSource.ifPresent(held -> root.set("heldOutSource", json(held)));
        root.put("columns", columns).putObject("rows").put("read", counts.read).put("rejected", counts.rejected)
                .put("train", counts.train).put("heldOut", counts.heldOut)
                .put("heldOutAlsoTrained", counts.alsoTrained);
        put(root.putObject("rejected"), rejected);
        put(root.putObject("flags"), flags);
        put(root.putObject("unusedFields"), unusedFields);
        ManifestMending.write(mended, root);
        ObjectNode sealed = root.putObject("files");
        files.forEach((name, file) -> sealed.set(name, json(file)));
        try {
            return RowSpool.JSON.writer(SerializationFeature.INDENT_OUTPUT).writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ObjectNode json(Source file) {
        return RowSpool.JSON.createObjectNode().put("file", file.file).put("rows", file.rows).put("bytes", file.bytes)
                .put("sha256", file.sha256);
    }

    private static void put(ObjectNode target, Map<String, Integer> counts) { counts.forEach(target::put); }

    /**
     * @param folder a run's data folder
     * @throws UserError when nothing was prepared there, or by a newer Weft, or the manifest is damaged
     */
    static Manifest read(Path folder) {
        Path file = folder.resolve(NAME);
        try {
            JsonNode root = RowSpool.JSON.readTree(Files.readString(file));
            int version = root.required("formatVersion").intValue();
            if (version > FORMAT_VERSION) {
                throw UserError.of(say("%s has format version %d and this Weft reads up to %d; use a newer Weft, or "
                        + "prepare the data again", file, version, FORMAT_VERSION));
            }
            return of(root);
        } catch (NoSuchFileException e) {
            throw UserError.of(
                    say("%s: no such file, so no data was prepared here, or not to the end; prepare it again", file),
                    e);
        } catch (JsonProcessingException e) {
            throw UserError.of(say("%s is damaged (%s); prepare the data again", file, JsonProblem.located(e)), e);
        } catch (IllegalArgumentException e) {
            throw UserError.of(say("%s is damaged (%s); prepare the data again", file, JsonProblem.missing(e)), e);
        } catch (IOException e) {
            throw Utf8Reader.unreadable(file.toString(), e);
        }
    }

    private static Manifest of(JsonNode root) {
        JsonNode data = root.required("settings"), rows = root.required("rows");
        var settings = new DataSettings(ManifestMending.train(data), data.required("format").asText(),
                data.has("rows") ? OptionalInt.of(data.get("rows").asInt()) : OptionalInt.empty(),
                Optional.of(word(PromptStyle.class, data.required("prompt"))), data.required("maxLength").asInt(),
                data.required("pack").asBoolean(),
                word(OverLength.class, data.required("overLength")), ManifestMending.split(data),
                ManifestMending.steps(data), EncodingSettings.DEFAULTS);
        var counts = new Counts(rows.required("read").asInt(), rows.required("rejected").asInt(),
                rows.required("train").asInt(), rows.required("heldOut").asInt(),
                rows.required("heldOutAlsoTrained").asInt());
        Map<String, Source> files = new TreeMap<>();
        root.required("files").properties().forEach(file -> files.put(file.getKey(), source(file.getValue())));
        return new Manifest(settings, root.required("seed").asLong(), sources(root),
                Optional.ofNullable(root.get("heldOutSource")).map(Manifest::source),
                root.required("columns").asText(), counts, counts(root, "rejected"), counts(root, "flags"),
                counts(root, "unusedFields"), ManifestMending.counts(root), files);
    }

    private static <E extends Enum<E> & Word> E word(Class<E> type, JsonNode word) {
        return Word.named(type, word.asText()).orElseThrow(() -> new IllegalArgumentException(word.toString()));
    }

    private static List<Source> sources(JsonNode root) {
        List<Source> sources = new ArrayList<>();
        root.path("sources").forEach(file -> sources.add(source(file)));
        return sources.isEmpty() ? List.of(source(root.required("source"))) : sources;
    }

    private static Source source(JsonNode file) {
        return new Source(file.required("file").asText(), file.required("rows").asInt(),
                file.required("bytes").asLong(), file.required("sha256").asText());
    }

    private static Map<String, Integer> counts(JsonNode root, String name) {
        Map<String, Integer> counts = new TreeMap<>();
        root.required(name).properties().forEach(entry -> counts.put(entry.getKey(), entry.getValue().asInt()));
        return counts;
    }
}
