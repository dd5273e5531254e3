package io.weft;

import io.weft.data.Conversation;
import io.weft.data.Place;
import io.weft.data.Sample;
import io.weft.data.Text;
import io.weft.data.prepare.DataSettings;
import io.weft.data.prepare.Preparation;
import io.weft.data.prepare.PreparedData;
import io.weft.data.prepare.PreparedRows;
import io.weft.data.split.SplitSettings;
import io.weft.evaluate.Comparison;
import io.weft.evaluate.EvaluationFiles;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.HeldOutRows;
import io.weft.file.Folders;
import io.weft.loaded.LoadedModel;
import io.weft.loaded.ModelSource;
import io.weft.objective.Objective;
import io.weft.objective.Pretrain;
import io.weft.objective.Sft;
import io.weft.problem.UserError;
import io.weft.run.RunFolder;
import io.weft.tensor.Scope;
import io.weft.token.encode.PromptFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * Any number of runs and models side by side, on the same rows: those that the first run held out, or a file's. A run
 * brings its base, which is judged once where runs share it. Each is asked in its own form. Belongs to the thread that
 * calls.
 */
public final class ModelsEvaluation implements AutoCloseable {
    private final List<Contestant> contestants = new ArrayList<>();
    private final List<Contestant.Both> runs = new ArrayList<>();
    private final List<PromptFormat> wordings = new ArrayList<>();
    private final EvaluationSettings settings;
    private final EvaluationRun.Listener listener;
    private final List<String> remarks = new ArrayList<>();

    private ModelsEvaluation(EvaluationSettings settings, EvaluationRun.Listener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    /**
     * What was found, and where its files lie.
     *
     * @param folder with scores.json, samples.jsonl and report.html
     */
    public record Result(Comparison comparison, Path folder) {}

    /**
     * @param named runs, adapters and model folders, in the order of the table
     * @param moved folder of the base of a run, when it is not where it was; one run or adapter is then named
     * @param data  rows to judge by, all of the file's; those that the first run held out when not given
     * @param out   where the files go; below the first run's evaluation, or {@code evaluation} here, when not given
     * @throws UserError when one of them is none, two are the same, or there are no rows that all can be judged on
     */
    public static Result evaluate(List<Path> named, Optional<Path> moved, Optional<Path> data, Optional<Path> out,
            EvaluationSettings settings, EvaluationRun.Listener listener) {
        try (var evaluation = new ModelsEvaluation(settings, listener)) {
            evaluation.take(named, moved);
            Path folder = out.orElseGet(() -> evaluation.usualFolder(named, data));
            EvaluationFiles.requireOwn(folder);
            Comparison comparison = Scope.value(() -> evaluation.judgedOn(data));
            EvaluationFiles.write(comparison, folder, evaluation.title(), Optional.empty());
            return new Result(comparison, folder);
        }
    }

    private void take(List<Path> named, Optional<Path> moved) {
        if (moved.isPresent() && named.size() > 1) {
            throw UserError.of(say("--base goes with one run or adapter; %d models are named", named.size()));
        }
        Set<Path> seen = new HashSet<>();
        for (Path path : named) {
            if (!seen.add(Contestant.real(path))) {
                throw UserError.of(say("%s is named twice; name each model once", path));
            }
            ModelSource source = ModelSource.of(path, moved);
            if (source.run().isPresent() && RunFolder.isOne(source.path())) {
                Contestant.Both run = Contestant.ofRun(source, moved);
                runs.add(run);
                add(run.base());
                add(run.tuned());
            } else {
                add(Contestant.of(source));
            }
        }
        for (int i = 0; i < contestants.size(); i++) {
            wordings.add(contestants.get(i).wording());
        }
    }

    /** Names are told apart by the form of the prompts where a model is asked in two, else by the folder above. */
    private void add(Contestant one) {
        if (contestants.stream().anyMatch(other -> other.isSameAs(one))) {
            return;
        }
        String name = one.name();
        if (isTaken(name)) {
            name = one.adapted().isEmpty() ? say("%s (%s)", one.name(), one.form().word())
                    : one.adapted().get().path().toString();
        }
        for (int i = 2; isTaken(name); i++) {
            name = one.name() + " #" + i;
        }
        contestants.add(one.named(name));
    }

    private boolean isTaken(String name) { return contestants.stream().anyMatch(other -> other.name().equals(name)); }

    private String title() {
        return contestants.stream().filter(one -> one.adapted().isPresent()).map(Contestant::name)
                .collect(Collectors.joining(", "));
    }

    private Path usualFolder(List<Path> named, Optional<Path> data) {
        if (runs.isEmpty()) {
            return Path.of("evaluation");
        }
        String models = named.stream().map(path -> path.toAbsolutePath().normalize().getFileName().toString())
                .collect(Collectors.joining("+"));
        return runs.get(0).run().evaluation().resolve(data.map(file -> models + "@"
                + file.getFileName().toString().replaceFirst("\\.[^.]*$", "")).orElse(models));
    }

    private Comparison judgedOn(Optional<Path> data) {
        if (data.isPresent()) {
            return ofFile(data.get());
        }
        if (runs.isEmpty()) {
            throw UserError.of(say("none of these is a run, so no rows are held out to judge by; give a file of rows "
                    + "with --data"));
        }
        PreparedData prepared = PreparedData.open(runs.get(0).run().data());
        EvaluationRun.requireHeldOut(prepared, runs.get(0).run());
        try (PreparedRows rows = prepared.heldOut()) {
            return judged(rows);
        }
    }

    private Comparison ofFile(Path file) {
        DataSettings usual = runs.stream().findFirst().map(run -> run.recipe().data()).orElse(DataSettings.DEFAULTS);
        try {
            Path folder = Files.createTempDirectory("weft-evaluate");
            try {
                PreparedData prepared = Preparation.prepare(DataSettings.DEFAULTS.withTrain(file.toString())
                        .withSplit(SplitSettings.DEFAULTS.withHeldOut("0"))
                        .withPrompt(usual.prompt().orElse(contestants.get(0).form())), 0, folder,
                        kind -> true);
                try (PreparedRows rows = prepared.train()) {
                    return judged(rows);
                }
            } finally {
                Folders.delete(folder);
            }
        } catch (IOException e) {
            throw UserError.of(say("no folder for temporary files can be written (%s)", e.getMessage()), e);
        }
    }

    private Comparison judged(List<? extends Sample> all) {
        List<? extends Sample> first = all.subList(0, Math.min(all.size(), settings.rows().orElse(all.size())));
        // whatever a run learned from, several models are judged by the answer that is wanted
        List<Sample> rows = new ArrayList<>();
        for (Sample row : first) {
            if (row instanceof Conversation || row instanceof Text) {
                rows.add(row);
            } else {
                row.wanted().ifPresent(answer -> rows.add(Conversation.answered(row.asked(), answer, row.place())));
            }
        }
        if (rows.isEmpty()) {
            throw UserError.of(say("no row says which answer is wanted, so there is nothing to judge by; give rows "
                    + "with answers with --data"));
        }
        remember(rows);
        Objective objective = rows.get(0) instanceof Text ? new Pretrain() : new Sft();
        List<HeldOutRows> each = new ArrayList<>();
        for (int i = 0; i < contestants.size(); i++) {
            each.add(HeldOutRows.of(objective, wordings.get(i).encoder(), rows,
                    LoadedModel.contextLength(contestants.get(i).folder()), settings));
        }
        List<HeldOutRows> common = common(each, rows.size());
        List<Comparison.Entry> entries = new ArrayList<>();
        for (int i = 0; i < contestants.size(); i++) {
            entries.add(new Comparison.Entry(contestants.get(i).name(), common.get(i),
                    contestants.get(i).answers(wordings.get(i), common.get(i), settings, listener)));
        }
        return Comparison.of(entries, settings, remarks);
    }

    /** The rows that every model's form and length took. */
    private List<HeldOutRows> common(List<HeldOutRows> each, int rows) {
        Set<Place> asked = new HashSet<>(), learned = new HashSet<>();
        for (int i = 0; i < each.size(); i++) {
            Set<Place> questions = each.get(i).questions().stream().map(question -> question.row().place())
                    .collect(Collectors.toSet());
            Set<Place> examples = each.get(i).origins().stream().map(HeldOutRows.Origin::place)
                    .collect(Collectors.toSet());
            if (i == 0) {
                asked.addAll(questions);
                learned.addAll(examples);
            }
            asked.retainAll(questions);
            learned.retainAll(examples);
        }
        if (asked.isEmpty() && learned.isEmpty()) {
            throw UserError.of(say("no row can be judged with all of these models: their chat templates or lengths "
                    + "take different ones; evaluate them apart, or give other rows with --data"));
        }
        List<HeldOutRows> common = each.stream().map(one -> one.only(asked, learned)).toList();
        int left = rows - common.get(0).rows();
        if (left > 0) {
            remarks.add(say("%,d rows are left out, since not every model's chat template or length takes them", left));
        }
        return common.stream().map(this::trainedOn).toList();
    }

    /** What the first run's training rows answer tells labels from free text. */
    private HeldOutRows trainedOn(HeldOutRows rows) {
        if (runs.isEmpty()) {
            return rows;
        }
        try (PreparedRows training = PreparedData.open(runs.get(0).run().data()).train()) {
            return rows.trainedOn(training);
        }
    }

    /** A row whose question was trained on measures memory: each run says how many it saw. */
    private void remember(List<Sample> rows) {
        Set<List<String>> asked = rows.stream().map(Sample::subject).filter(words -> !words.isEmpty())
                .collect(Collectors.toSet());
        for (Contestant.Both run : runs) {
            Set<List<String>> seen = new HashSet<>();
            try (PreparedRows training = PreparedData.open(run.run().data()).train()) {
                training.stream().map(Sample::subject).filter(asked::contains).forEach(seen::add);
            }
            long known = rows.stream().filter(row -> seen.contains(row.subject())).count();
            if (known > 0) {
                remarks.add(say("%,d of these rows ask what %s was trained on: they measure memory", known,
                        run.tuned().name()));
            }
        }
    }

    @Override public void close() { wordings.forEach(wording -> wording.tokenizer().close()); }
}
