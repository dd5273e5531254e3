package io.weft.token.read;

import io.weft.problem.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/** Files that stand where a tokenizer is expected, or beside the place, and are something else. */
final class ForeignFiles {
    /** What is read where it is there. */
    static final String WANTED = "tokenizer.json";
    private static final int BEGINNING = 200;
    private static final Pattern RANKED = Pattern.compile("[A-Za-z0-9+/]+={0,2} \\d+\\R[\\s\\S]*");
    private static final Map<String, String> KINDS = new TreeMap<>(Map.of("tekken.json", "tekken",
            "spiece.model", "sentencepiece unigram", "sentencepiece.bpe.model", "sentencepiece",
            "vocab.txt", "WordPiece", "tiktoken.model", "tiktoken", "qwen.tiktoken", "tiktoken",
            "tokenizer.gguf", "gguf"));

    private ForeignFiles() {}

    /** @throws UserError when the file is what git leaves of a large file that was not fetched */
    static void refusePointer(Path file) {
        if (beginning(file).startsWith("version https://git-lfs")) {
            throw UserError.of(say("%s is not the file itself but a pointer that git-lfs left; fetch the file with "
                    + "git lfs pull, or weft pull the model", file));
        }
    }

    /** @throws UserError when the file is a list of byte pairs as tiktoken has it, as Llama 3 first came with one */
    static void refuseTiktoken(Path file) {
        if (RANKED.matcher(beginning(file)).matches()) {
            throw UserError.of(say("%s is a tiktoken file (base64 text and rank in each line), not a sentencepiece "
                    + "model; %s", file, convert(file.getParent())));
        }
    }

    /** Says that there is no tokenizer, and what there is instead. */
    static UserError missing(Path folder) {
        Path wanted = folder.resolve(WANTED);
        List<String> found = foreign(folder);
        return UserError.of(found.isEmpty()
                ? say("%s: there is no such file, nor a tokenizer.model; a model folder needs one of the two", wanted)
                : say("%s: there is no such file, nor a tokenizer.model; found %s, which Weft does not read. %s",
                wanted, String.join(", ", found), convert(folder)));
    }

    /** What somebody does who has Python. */
    static String convert(Path folder) {
        return say("Make a tokenizer.json with Hugging Face transformers: "
                + "AutoTokenizer.from_pretrained(\"%1$s\").save_pretrained(\"%1$s\")", folder);
    }

    private static List<String> foreign(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> KINDS.containsKey(name) || name.endsWith(".tiktoken") || name.equals("vocab.json")
                            || name.equals("merges.txt"))
                    .map(name -> KINDS.containsKey(name) ? name + " (" + KINDS.get(name) + ")" : name)
                    .sorted().toList();
        } catch (IOException e) {
            return List.of();                                        // no folder: nothing found in it
        }
    }

    private static String beginning(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(BEGINNING), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw UserError.of(say("%s: cannot be read (%s)", file, e.getMessage()), e);
        }
    }
}
