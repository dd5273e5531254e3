package io.weft.app.command;

import io.weft.EvaluationRun;
import io.weft.TrainingRun;
import io.weft.app.doctor.Examination;
import io.weft.app.option.HelpOptions;
import io.weft.app.option.JsonOption;
import io.weft.app.option.RecipeArguments;
import io.weft.app.quickstart.EmbeddedBase;
import io.weft.app.quickstart.QuickstartTuning;
import io.weft.app.terminal.ComparisonTable;
import io.weft.app.terminal.ExitCode;
import io.weft.app.terminal.LabelledLines;
import io.weft.app.terminal.SampleColumns;
import io.weft.app.terminal.Streams;
import io.weft.app.watch.ConsoleProgress;
import io.weft.app.watch.RunCurves;
import io.weft.app.watch.RunOpening;
import io.weft.app.watch.RunOutcome;
import io.weft.app.watch.StopRequest;
import io.weft.evaluate.Answers;
import io.weft.evaluate.Comparison;
import io.weft.evaluate.EvaluationSettings;
import io.weft.evaluate.Progress;
import io.weft.generate.Sampling;
import io.weft.recipe.Recipe;
import io.weft.recipe.RecipeReader;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunFolder;
import io.weft.tensor.Scope;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import static io.weft.problem.Language.say;

/**
 * {@code weft quickstart}: the whole way on the embedded base, or on a model and rows of the user's: judge, tune, judge
 * again, show what came of it.
 */
@Command(customSynopsis = "weft quickstart [--tuning NAME] [--model DIR] [--data FILE] [--out RUN] [key=value ...]",
        footer = {"  @|bold weft quickstart|@", "      ${bundle:weft.quickstart.example.embedded}",
        "  @|bold weft quickstart --model models/qwen3-0.6b --data faq.json|@",
        "      ${bundle:weft.quickstart.example.own}",
        "  @|bold weft quickstart --tuning prefix|@", "      ${bundle:weft.quickstart.example.tuning}"})
final class Quickstart implements Verb {
    private static final int ANSWER_TOKENS = 96, SAMPLES = 3, WIDTH = 110;
    @Mixin private JsonOption json;
    @Option(names = "--model", paramLabel = "DIR") private Path model;
    @Option(names = "--data", paramLabel = "FILE") private Path data;
    @Option(names = "--tuning", paramLabel = "NAME", completionCandidates = TuningNames.class)
    private String tuning = QuickstartTuning.ALL.get(0).name();
    @Option(names = "--out", paramLabel = "RUN") private Path out;
    @Parameters(index = "0..*", paramLabel = "key=value", descriptionKey = "words")
    private List<String> words = new ArrayList<>();
    @Mixin private HelpOptions help;

    /** Those of {@link QuickstartTuning}. */
    static final class TuningNames extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        TuningNames() { super(QuickstartTuning.ALL.stream().map(QuickstartTuning::name).toList()); }
    }

    @Override public int run(Streams streams) {
        PrintStream told = json.told(streams);
        long started = System.nanoTime();
        boolean embedded = model == null;
        Path base = embedded ? EmbeddedBase.model() : model, rows = data == null ? EmbeddedBase.rows() : data;
        List<String> usual = QuickstartTuning.named(tuning).usual(embedded);
        Recipe recipe = RecipeReader.read(Optional.empty(),
                RecipeArguments.of(words).with("model", Optional.of(base)).with("data.train", Optional.of(rows))
                .settings(), usual, new ModelAndData());
        Path folder = out != null ? out : usualFolder();
        step(told, 1, say("this machine"), "");
        Doctor.summarise(Examination.run(Optional.of(base)), told);
        EvaluationSettings settings = EvaluationSettings.DEFAULTS.withSampling(Sampling.greedy(embedded ? ANSWER_TOKENS
                : Sampling.DEFAULTS.maxNewTokens())).withBatch(32);
        return Scope.value(() -> {
            try (var stop = new StopRequest(streams.err()); var progress =
                    ConsoleProgress.on(told, recipe.train().cadence().logEvery());
                    var curves = new RunCurves(new RunFolder(folder)); var run =
                            TrainingRun.start(recipe, folder, progress.and(curves))) {
                stop.watch(run);
                step(told, 2, say("the data and the plan"), "");
                new RunOpening(run, recipe.train()).print(told);
                EvaluationRun evaluation = EvaluationRun.of(run, settings);
                step(told, 3, say("before"), say("the base answers %d held-out requests", evaluation.rows().rows()));
                Optional<Answers> before = answers(evaluation, evaluation::baseAnswers, stop);
                if (before.isEmpty()) {
                    told.println();
                    told.println(say("Stopped before the tuning began; nothing was trained yet."));
                    new LabelledLines(told).line(say("go on"), "weft resume " + run.folder().path());
                    return ExitCode.RESUMABLE;
                }
                step(told, 4, say("tuning"), "");
                Finished finished = run.train();
                progress.close();
                RunOutcome outcome = new RunOutcome(run, finished);
                if (outcome.exitCode() != ExitCode.DONE) {
                    outcome.print(told);
                    return outcome.exitCode();
                }
                step(told, 5, say("after"), say("the tuned model answers the same requests"));
                Optional<Answers> after = answers(evaluation, evaluation::answers, stop);
                if (after.isEmpty()) {
                    told.println();
                    told.println(say("Stopped before all was judged; the tuning itself is done."));
                    outcome.print(told);
                    return ExitCode.RESUMABLE;
                }
                Comparison comparison = evaluation.compare(before.get(), after.get());
                told.println();
                told.println(new ComparisonTable(comparison).text());
                told.print(new SampleColumns(comparison, WIDTH).text(SAMPLES));
                outcome.print(told);
                new LabelledLines(told).line(say("judged"), run.folder().evaluation().resolve(Comparison.REPORT)
                        .toString());
                told.println();
                told.println(say("The whole way took %.0f s.", (System.nanoTime() - started) / 1e9));
                if (json.isAsked()) {
                    streams.out().println(outcome.json());
                }
                return ExitCode.DONE;
            }
        });
    }

    /** What a model answers, or nothing when a stop was asked for meanwhile. */
    private static Optional<Answers> answers(EvaluationRun evaluation, Function<Progress, Answers> asked,
            StopRequest stop) {
        Progress watching = (answered, rows, tokens) -> {
            if (stop.isAsked()) {
                throw new Interrupted();
            }
        };
        try {
            watching.at(0, evaluation.rows().rows(), 0);
            return Optional.of(asked.apply(watching));
        } catch (Interrupted e) {
            return Optional.empty();
        }
    }

    /** Leads out of the middle of an evaluation, which has nothing to save. */
    private static final class Interrupted extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static void step(PrintStream to, int number, String title, String detail) {
        to.println(number + ". " + title + (detail.isEmpty() ? "" : "  " + detail));
    }

    private static Path usualFolder() {
        Path folder = Path.of("runs", "quickstart");
        for (int i = 2; Files.exists(folder); i++) {
            folder = Path.of("runs", "quickstart-" + i);
        }
        return folder;
    }
}
