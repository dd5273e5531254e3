package io.weft.model.folder;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.weft.file.JsonFile;
import io.weft.file.Sha256;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import static io.weft.problem.Language.say;

/**
 * What a model folder held at a time: the SHA-256 of every file that decides what the model computes and how texts
 * become ids. Of config.json its values, not its layout.
 *
 * @param files by their names in the folder
 */
public record FolderSeal(Map<String, Sealed> files) {
    private static final String CONFIG = "config.json";
    private static final JsonMapper SORTED = JsonMapper.builder().enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

    public FolderSeal { files = new TreeMap<>(files); }

    /**
     * One file.
     *
     * @param stamp what the system says of the file and no program can set (which file it is, when it last changed): a
     *     file whose size and stamp stayed is not read again
     */
    public record Sealed(long bytes, String stamp, String sha256) {}

    /** @param known an earlier seal, whose sums of files that did not change since are taken */
    static FolderSeal of(Path folder, Collection<String> names, FolderSeal known) {
        Map<String, Sealed> files = new TreeMap<>();
        for (String name : names) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                files.put(name, sealed(file, known.files().get(name)));
            }
        }
        return new FolderSeal(files);
    }

    private static Sealed sealed(Path file, Sealed known) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            String stamp = attributes.fileKey() + " " + attributes.lastModifiedTime() + " " + changed(file);
            boolean same = known != null && known.bytes() == attributes.size() && known.stamp().equals(stamp);
            return new Sealed(attributes.size(), stamp, same ? known.sha256()
                    : file.endsWith(CONFIG) ? ofValues(file) : Sha256.of(file));
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }

    /** When the system last changed the file, which copying its times does not hide; Windows has no such time. */
    private static Object changed(Path file) throws IOException {
        try {
            return Files.getAttribute(file, "unix:ctime");
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return "";
        }
    }

    private static String ofValues(Path config) {
        MessageDigest digest = Sha256.digest();
        try {
            Object values = SORTED.treeToValue(JsonFile.read(config), Object.class);
            digest.update(SORTED.writeValueAsString(values).getBytes(StandardCharsets.UTF_8));
            return Sha256.hex(digest);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);   // what was read as JSON can be written as JSON
        }
    }

    /** Of the files that hold weights alone. */
    public FolderSeal weights() {
        Map<String, Sealed> weights = new TreeMap<>(files);
        weights.keySet().removeIf(name -> !name.matches(".*\\.(safetensors|bin|index\\.json)"));
        return new FolderSeal(weights);
    }

    /** A sentence for each file that is another one now, is gone or is new. @param now of the folder as it is */
    public List<String> differences(FolderSeal now) {
        List<String> differences = new ArrayList<>();
        var names = new TreeSet<>(files.keySet());
        names.addAll(now.files.keySet());
        for (String name : names) {
            Sealed before = files.get(name), after = now.files.get(name);
            if (before == null) {
                differences.add(say("%s is new", name));
            } else if (after == null) {
                differences.add(say("%s is gone", name));
            } else if (!before.sha256().equals(after.sha256())) {
                differences.add(say("%s has other contents (%,d bytes, it had %,d)", name, after.bytes(),
                        before.bytes()));
            }
        }
        return differences;
    }
}
