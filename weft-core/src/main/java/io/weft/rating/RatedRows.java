package io.weft.rating;

import io.weft.evaluate.sample.SampleRow;
import io.weft.evaluate.sample.SampleRows;
import io.weft.problem.UserError;
import io.weft.run.RunFolder;
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
    public RatedRows {
        models = List.copyOf(models);
        rows = List.copyOf(rows);
        notes = List.copyOf(notes);
    }

    /**
     * @param runs one or more that weft evaluate has judged, or one folder in which it judged several models
     * @throws UserError when one of them has no answers yet, or all of them no row in common
     */
    public static RatedRows of(List<Path> runs) {
        if (runs.size() == 1) {
            return RunFolder.isOne(runs.get(0)) || !Files.isRegularFile(runs.get(0).resolve(SampleRows.FILE))
                    ? of(SampleRows.of(RunFolder.open(runs.get(0))), RunFolder.open(runs.get(0)).evaluation())
                    : ofEvaluation(runs.get(0));
        }
        List<List<RatedRow>> each = runs.stream().map(run -> rows(SampleRows.of(RunFolder.open(run)), run)).toList();
        Path file = RunFolder.open(runs.get(0)).evaluation().resolve(RatingFile.NAME);
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

    /** All models of an evaluation, of a run or of several models. @param folder that holds its samples.jsonl */
    public static RatedRows ofEvaluation(Path folder) { return of(SampleRows.read(folder), folder); }

    private static RatedRows of(SampleRows samples, Path folder) {
        return new RatedRows(samples.models(), rows(samples, folder), folder.resolve(RatingFile.NAME), List.of());
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
                    answers.put(names.get(i), each.get(i).get(content).answers().get(SampleRows.TUNED));
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

    private static List<RatedRow> rows(SampleRows samples, Path of) {
        if (samples.rows().isEmpty()) {
            throw UserError.of(say("%s has no answers to rate: its rows ask nothing", of));
        }
        return samples.rows().stream().map(RatedRows::row).toList();
    }

    private static RatedRow row(SampleRow row) {
        Map<String, String> answers = new LinkedHashMap<>();
        row.answers().forEach((model, answer) -> answers.put(model, answer.answer()));
        return new RatedRow(row.number(), row.prompt(), row.expected(), answers);
    }
}
