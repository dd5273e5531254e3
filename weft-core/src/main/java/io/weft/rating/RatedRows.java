package io.weft.rating;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.weft.evaluate.Comparison;
import io.weft.file.JsonFile;
import io.weft.problem.UserError;
import io.weft.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * The answers that are rated: of one run, those of its base and of what it became; of several, what each became, to the
 * rows that all of them hold out.
 *
 * @param models in the order in which they are told
 * @param file   where the judgements are kept: in the first run
 * @param notes  what was left out, a sentence each
 */
public record RatedRows(List<String> models, List<RatedRow> rows, Path file, List<String> notes) {
    private static final String TUNED = "tuned";

    public RatedRows {
        models = List.copyOf(models);
        rows = List.copyOf(rows);
        notes = List.copyOf(notes);
    }

    /**
     * @param runs one or more that weft evaluate has judged
     * @throws UserError when one of them has no answers yet, or all of them no row in common
     */
    public static RatedRows of(List<Path> runs) {
        List<List<RatedRow>> each = runs.stream().map(run -> read(RunFolder.open(run))).toList();
        Path file = RunFolder.open(runs.get(0)).evaluation().resolve(RatingFile.NAME);
        if (runs.size() == 1) {
            List<RatedRow> rows = each.get(0);
            return new RatedRows(List.copyOf(rows.get(0).answers().keySet()), rows, file, List.of());
        }
        List<String> names = names(runs);
        List<RatedRow> common = common(each, names);
        List<String> notes = new ArrayList<>();
        if (common.isEmpty()) {
            throw UserError.of(say("%s have no held-out row in common; rate runs that were trained on the same rows "
                    + "with the same data.split", runs.stream().map(Path::toString).collect(Collectors.joining(", "))));
        }
        for (int i = 0; i < runs.size(); i++) {
            if (each.get(i).size() > common.size()) {
                notes.add(say("%s: %,d of %,d rows are in all of the runs; the others are left out", runs.get(i),
                        common.size(), each.get(i).size()));
            }
        }
        return new RatedRows(names, common, file, notes);
    }

    /** Only these. @throws UserError when one of them is not there */
    public RatedRows only(List<String> wanted) {
        List<String> unknown = wanted.stream().filter(name -> !models.contains(name)).toList();
        if (!unknown.isEmpty()) {
            throw UserError.of(say("--models %s: there is no such model; there are %s", unknown.get(0),
                    String.join(", ", models)));
        }
        return new RatedRows(wanted.stream().distinct().toList(), rows.stream().map(row -> row.of(wanted)).toList(),
                file, notes);
    }

    /** The last part of each run's path, with as many parts before it as it takes to tell them apart. */
    private static List<String> names(List<Path> runs) {
        List<Path> paths = runs.stream().map(run -> run.toAbsolutePath().normalize()).toList();
        for (int parts = 1;; parts++) {
            int count = parts;
            List<String> names = paths.stream().map(path -> path.subpath(
                    Math.max(0, path.getNameCount() - count), path.getNameCount()).toString()).toList();
            if (names.stream().distinct().count() == names.size()) {
                return names;
            }
            if (paths.stream().allMatch(path -> path.getNameCount() <= count)) {
                throw UserError.of(say("%s is named twice", runs.get(0)));
            }
        }
    }

    /** Rows that ask the same and expect the same; those that stand twice are told apart by their order. */
    private static List<RatedRow> common(List<List<RatedRow>> runs, List<String> names) {
        List<Map<List<Object>, RatedRow>> each = runs.stream().map(RatedRows::byContent).toList();
        List<RatedRow> common = new ArrayList<>();
        each.get(0).forEach((content, row) -> {
            if (each.stream().allMatch(rows -> rows.containsKey(content))) {
                Map<String, String> answers = new LinkedHashMap<>();
                for (int i = 0; i < names.size(); i++) {
                    answers.put(names.get(i), each.get(i).get(content).answers().get(TUNED));
                }
                common.add(new RatedRow(row.number(), row.prompt(), row.expected(), answers));
            }
        });
        return common;
    }

    private static Map<List<Object>, RatedRow> byContent(List<RatedRow> rows) {
        Map<List<Object>, RatedRow> byContent = new LinkedHashMap<>();
        for (RatedRow row : rows) {
            int times = 0;
            while (byContent.containsKey(List.<Object>of(row.prompt(), row.expected(), times))) {
                times++;
            }
            byContent.put(List.of(row.prompt(), row.expected(), times), row);
        }
        return byContent;
    }

    private static List<RatedRow> read(RunFolder run) {
        Path file = run.evaluation().resolve(Comparison.SAMPLES);
        if (!Files.isRegularFile(file)) {
            throw UserError.of(say("%s has no answers to rate yet; let its model answer the held-out rows: weft "
                    + "evaluate %s", run.path(), run.path()));
        }
        try {
            List<RatedRow> rows = new ArrayList<>();
            for (String line : Files.readAllLines(file)) {
                rows.add(row(JsonFile.JSON.readTree(line)));
            }
            if (rows.isEmpty()) {
                throw UserError.of(say("%s has no answers to rate: its rows ask nothing", run.path()));
            }
            return rows;
        } catch (JsonProcessingException e) {
            throw UserError.of(say("%s is damaged; make it anew with weft evaluate %s", file, run.path()), e);
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }

    private static RatedRow row(JsonNode line) {
        List<String> messages = new ArrayList<>();
        line.path("messages").forEach(message -> messages.add(message.path("role").asText() + ": "
                + message.path("content").asText()));
        Map<String, String> answers = new LinkedHashMap<>();
        for (String model : List.of("base", TUNED)) {
            answers.put(model, line.path(model).path("answer").asText());
        }
        return new RatedRow(line.path("row").asInt(), messages.isEmpty() ? line.path("prompt").asText()
                : String.join("\n\n", messages), line.path("expected").asText(), answers);
    }
}
