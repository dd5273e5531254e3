package io.weft.objective.grpo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.file.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The answers of a run's steps in a file of JSON lines, to be looked at. Of a long run only those of every so many
 * steps, so that the file stays readable; which ones is a matter of the step's number, and a resumed run first takes
 * out what it makes again, so that the file is the same however often it was interrupted.
 */
public final class RolloutLog {
    /** Lines of a file, about. */
    private static final int MOST = 10_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private final Path file;
    private final long every;

    /**
     * @param steps  of the whole run  @param answers of one step, about
     * @param done   steps that are made: the lines of later ones are taken out
     */
    public RolloutLog(Path file, int steps, int answers, long done) {
        this.file = file;
        every = Math.max(1, ((long) steps * answers + MOST - 1) / MOST);
        keepUpTo(done);
    }

    private void keepUpTo(long step) {
        if (!Files.exists(file)) {
            return;
        }
        var kept = new StringBuilder();
        try {
            for (String line : Files.readString(file).split("\n")) {
                JsonNode read = tree(line);
                if (read == null || read.path("step").asLong(Long.MAX_VALUE) > step) {
                    break;
                }
                kept.append(line).append('\n');
            }
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
        AtomicFile.write(file, kept.toString());
    }

    /** Null for the line that a killed process did not finish. */
    private static JsonNode tree(String line) {
        try {
            JsonNode read = JSON.readTree(line);
            return read.isObject() ? read : null;
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * Adds the answers of a step.
     *
     * @param step from 0; the file counts from 1, as a run's log does  @param names of the rewards
     * @param advantages of each answer
     */
    public void add(long step, List<String> names, List<List<Rollout>> groups, List<double[]> advantages) {
        if (step % every != 0) {
            return;
        }
        var lines = new StringBuilder();
        for (int row = 0; row < groups.size(); row++) {
            for (int i = 0; i < groups.get(row).size(); i++) {
                lines.append(line(step + 1, names, groups.get(row).get(i), advantages.get(row)[i])).append('\n');
            }
        }
        try {
            Files.write(file, lines.toString().getBytes(StandardCharsets.UTF_8), StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
    }

    private static ObjectNode line(long step, List<String> names, Rollout rollout, double advantage) {
        ObjectNode line = JSON.createObjectNode().put("step", step).put("prompt", rollout.text().prompt());
        if (!rollout.text().reasoning().isEmpty()) {
            line.put("reasoning", rollout.text().reasoning());
        }
        line.put("answer", rollout.text().answer());
        if (!rollout.text().reference().isEmpty()) {
            line.put("reference", rollout.text().reference());
        }
        ObjectNode rewards = line.putObject("rewards");
        for (int i = 0; i < names.size(); i++) {
            rewards.put(names.get(i), rollout.rewards()[i]);
        }
        return line.put("reward", rollout.reward()).put("advantage", advantage)
                .put("tokens", rollout.made().generated()).put("finish", rollout.made().finish().word());
    }
}
