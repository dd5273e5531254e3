package io.weft.prompt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.AtomicFile;
import io.weft.file.JsonFile;
import io.weft.file.Sha256;
import io.weft.model.folder.FolderSeal;
import io.weft.problem.UserError;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import static io.weft.problem.Language.say;

/**
 * A search's {@code search.jsonl}: what it was asked in the first line, then a line for everything that the model
 * computed, with the result, on the disk before the search goes on. A search is a function of these results and its
 * seed, so one that was killed begins again and is given the results that are there: it comes to the same state bit for
 * bit without computing them, and goes on.
 * <pre>
 * {"format":"weft.promptsearch","version":1,"settings":{"method":"all",…},"model":{…}}
 * {"kind":"losses","asked":"5f2a…","passes":512,"seconds":4.1,"result":[2.31,2.28,…]}
 * </pre> A line that the kill left unfinished is cut off.
 */
final class SearchLog implements Closeable {
    private static final int VERSION = 1;
    private static final String FORMAT = "weft.promptsearch";
    private final Path file;
    private final FileChannel channel;
    private final List<JsonNode> known;
    private int next;
    private double seconds;

    private SearchLog(Path file, FileChannel channel, List<JsonNode> known) {
        this.file = file;
        this.channel = channel;
        this.known = known;
    }

    /** What became of something that was asked. @param again whether it was in the log already */
    record Entry(JsonNode result, boolean again) {}

    /**
     * Begins the log of a search, or goes on with the one that is there.
     *
     * @param settings everything that decides about the search, by the name that a user knows
     * @param model    seal of the model's folder, given an earlier one
     * @throws UserError when the folder holds a search with other settings or another model, naming each
     */
    static SearchLog open(Path file, Map<String, String> settings, UnaryOperator<FolderSeal> model) {
        try {
            if (!Files.exists(file)) {
                ObjectNode header = JsonFile.JSON.createObjectNode().put("format", FORMAT).put("version", VERSION);
                header.set("settings", JsonFile.JSON.valueToTree(new TreeMap<>(settings)));
                header.set("model", JsonFile.JSON.valueToTree(model.apply(new FolderSeal(Map.of()))));
                AtomicFile.write(file, header + "\n");
            }
            List<JsonNode> lines = new ArrayList<>();
            long whole = wholeLines(file, lines);
            check(file, lines.get(0), settings, model);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
            channel.truncate(whole).position(whole);
            return new SearchLog(file, channel, lines.subList(1, lines.size()));
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
    }

    /** @return how many bytes the lines have that are whole */
    private static long wholeLines(Path file, List<JsonNode> lines) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                try {
                    lines.add(JsonFile.JSON.readTree(bytes, start, i - start));
                } catch (JsonProcessingException e) {
                    throw damaged(file, lines.size() + 1, e);
                }
                start = i + 1;
            }
        }
        if (lines.isEmpty() || !lines.get(0).path("format").asText().equals(FORMAT)) {
            throw damaged(file, 1, null);
        }
        if (lines.get(0).path("version").asInt() > VERSION) {
            throw UserError.of(say("%s was written by a newer Weft (version %d, this one reads %d)", file,
                    lines.get(0).path("version").asInt(), VERSION));
        }
        return start;
    }

    private static UserError damaged(Path file, int line, Exception cause) {
        String said = say("%s line %d is damaged; delete the folder to search anew", file, line);
        return cause == null ? UserError.of(said) : UserError.of(said, cause);
    }

    private static void check(Path file, JsonNode header, Map<String, String> settings,
            UnaryOperator<FolderSeal> model) throws JsonProcessingException {
        List<String> differences = new ArrayList<>();
        Map<String, String> before = new TreeMap<>();
        header.path("settings").properties().forEach(each -> before.put(each.getKey(), each.getValue().asText()));
        var names = new TreeSet<>(settings.keySet());
        names.addAll(before.keySet());
        for (String name : names) {
            String then = before.getOrDefault(name, say("not set")), now = settings.getOrDefault(name, say("not set"));
            if (!then.equals(now)) {
                differences.add(say("%s is %s, it was %s", name, now, then));
            }
        }
        FolderSeal sealed = JsonFile.JSON.treeToValue(header.path("model"), FolderSeal.class);
        sealed.differences(model.apply(sealed)).forEach(difference -> differences.add(say("--model: %s", difference)));
        if (!differences.isEmpty()) {
            throw UserError.of(say("%s holds another search; give its settings again to go on with it, or choose "
                    + "another --out:", file.getParent()) + "\n  " + String.join("\n  ", differences));
        }
    }

    /**
     * What the model says of something: read from the log where it was asked before, else computed and written down.
     *
     * @param asked  everything that the result depends on, beside settings and model
     * @param passes that computing it takes
     * @throws UserError when the log holds something else here
     */
    Entry result(String kind, String asked, int passes, Supplier<JsonNode> computing) {
        String sum = sum(asked);
        if (next < known.size()) {
            JsonNode line = known.get(next++);
            if (!line.path("kind").asText().equals(kind) || !line.path("asked").asText().equals(sum)) {
                throw UserError.of(say("%s line %d is not what this search computes there: it was written by another "
                        + "version of Weft or changed; delete the folder to search anew", file, next + 1));
            }
            seconds += line.path("seconds").asDouble();
            return new Entry(line.path("result"), true);
        }
        long began = System.nanoTime();
        JsonNode result = computing.get();
        double took = Math.round((System.nanoTime() - began) / 1e6) / 1e3;
        seconds += took;
        ObjectNode line = JsonFile.JSON.createObjectNode().put("kind", kind).put("asked", sum).put("passes", passes)
                .put("seconds", took);
        line.set("result", result);
        try {
            AtomicFile.writeFully(channel, ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
            channel.force(false);
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
        return new Entry(result, false);
    }

    /** That computing took, over all starts of the search. */
    double seconds() { return seconds; }

    private static String sum(String asked) {
        MessageDigest digest = Sha256.digest();
        digest.update(asked.getBytes(StandardCharsets.UTF_8));
        return Sha256.hex(digest).substring(0, 16);
    }

    @Override public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
    }
}
