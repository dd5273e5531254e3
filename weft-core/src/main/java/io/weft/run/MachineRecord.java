package io.weft.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * What a run took of its machine so far, {@code machine.json}: written while it trains, so that it is there when the
 * process was killed without a word. Bytes are -1 and shares are no numbers where the system does not tell.
 *
 * @param memory     bytes that the process may use  @param peak most that it held of its own (not mapped files)
 * @param last       what it held when this was written  @param leastFree least that was free on the machine meanwhile
 * @param cores      that the process may use
 * @param cpuSeconds of the process  @param seconds of wall time  @param others mean number of cores that other
 *     processes used meanwhile
 * @param kills      processes that the system killed for memory, since it began, in this container
 * @param planned   bytes that the run was expected to hold at most, 0 where an older Weft made it  @param dryPeak what
 *     it held in a pass before its first step, with the optimizer's moments, 0 where there was none
 * @param drySeconds that this pass took
 */
public record MachineRecord(long memory, long peak, long last, long leastFree, int cores, double cpuSeconds,
        double seconds, double others, @JsonProperty("memoryKills") long kills, long planned, long dryPeak,
        double drySeconds) {
    /** The layout written here; a newer one is refused. */
    public static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Shares of the memory: what a process holds that is killed for it, and what is left then. */
    private static final double FULL = 0.8, NOTHING = 0.03;

    /** Whether memory was about to end when this was written, or the system has killed a process for it since. */
    public boolean wasShort() {
        return peak >= FULL * memory || leastFree >= 0 && leastFree < NOTHING * memory
                || kills >= 0 && SystemTable.kills() > kills;
    }

    String json() {
        ObjectNode root = JSON.createObjectNode().put("formatVersion", VERSION);
        root.setAll((ObjectNode) JSON.valueToTree(this));
        return root + "\n";
    }

    /** Nothing where a run has none: an older Weft's. @throws UserError when it is damaged or a newer Weft wrote it */
    public static Optional<MachineRecord> read(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            JsonNode root = JSON.readTree(Files.readAllBytes(file));
            int version = root.path("formatVersion").asInt();
            if (version > VERSION) {
                throw UserError.of(say("%s has format version %d, and this Weft reads up to %d; use a newer Weft",
                        file, version, VERSION));
            }
            return Optional.of(JSON.treeToValue(((ObjectNode) root).without("formatVersion"), MachineRecord.class));
        } catch (JsonProcessingException | ClassCastException e) {
            throw UserError.of(say("%s is damaged; delete it: what the run took of the machine is then not looked at",
                    file), e);
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }
}
