package io.weft.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

import static io.weft.problem.Language.say;

/** JSON files of a model's folder, which somebody else wrote: read whole, or said what is wrong with them. */
public final class JsonFile {
    /** Strict JSON as RFC 8259 has it. */
    public static final ObjectMapper JSON = new ObjectMapper();

    private JsonFile() {}

    /** @throws UserError when there is no such file, it cannot be read, or is not JSON */
    public static JsonNode read(Path file) {
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw UserError.of(say("%s: no such file", file), e);
        } catch (JsonProcessingException e) {
            throw UserError.of(say("%s line %d column %d: not valid JSON (%s); fetch the file again",
                    file, JsonProblem.line(e), JsonProblem.column(e), JsonProblem.of(e)), e);
        } catch (IOException e) {
            throw UserError.of(say("%s: cannot be read (%s)", file, e.getMessage()), e);
        }
    }

    /** @throws UserError as {@link #read}, and when it holds something else than an object */
    public static ObjectNode object(Path file) {
        if (read(file) instanceof ObjectNode object) {
            return object;
        }
        throw UserError.of(say("%s should hold a JSON object {…}; fetch the file again", file));
    }

    /** The object in a resource, such as a table of words that belongs to one language. @param place beside it */
    public static ObjectNode beside(Class<?> place, String name) {
        try (InputStream in = place.getResourceAsStream(name)) {
            return (ObjectNode) JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A missing node where there is no such file. @throws UserError as {@link #read} */
    public static JsonNode optional(Path file) {
        return Files.isRegularFile(file) ? read(file) : JSON.missingNode();
    }
}
