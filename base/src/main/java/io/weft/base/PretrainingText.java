package io.weft.base;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the embedded base reads: facts retold in many forms, logs, listings and short lessons on fine-tuning, in English
 * and Chinese. It never shows a request with its answer, and no Weft command with its values filled in.
 */
public final class PretrainingText {
    private PretrainingText() { }

    /** The documents in order; the same seed gives the same ones. */
    public static Stream<String> documents(long seed, int count) {
        var draw = new Draw(seed);
        return IntStream.range(0, count).mapToObj(i -> document(draw));
    }

    /**
     * What is read first: a few names and numbers, said again and again, from which copying is learned soonest. The
     * same seed gives the same ones.
     */
    public static Stream<String> repetitions(long seed, int count) {
        var draw = new Draw(seed);
        return IntStream.range(0, count).mapToObj(i -> copies(draw));
    }

    private static String document(Draw draw) {
        return switch (draw.below(20)) {
            case 0 -> log(draw);
            case 1, 2 -> listing(draw);
            case 3, 4, 5, 6, 7 -> copies(draw);
            case 8 -> Lessons.page(draw);
            case 9, 10, 11 -> RunReport.write(draw);
            default -> new FactSheet(draw, draw.between(2, 6)).tell(draw.between(2, 4));
        };
    }

    private static String log(Draw draw) {
        String run = Names.run(draw);
        int step = 0;
        int every = draw.of(5, 10, 20, 25, 50, 100);
        double loss = draw.between(180, 480) / 100.0;
        String rate = Fact.LEARNING_RATE.value(draw);
        var lines = new ArrayList<String>();
        lines.add(draw.of("run ", "# ", "== ") + run + " lr " + rate);
        for (int i = draw.between(2, 5); i > 0; i--) {
            step += every;
            loss *= draw.between(80, 99) / 100.0;
            lines.add("step " + step + draw.of(" loss ", " | loss ")
                    + String.format(Locale.ROOT, "%.3f", loss) + draw.of("", " lr " + rate));
        }
        String last = String.format(Locale.ROOT, "%.3f", loss);
        lines.add(draw.of("saved runs/" + run + "/checkpoints/step-" + step,
                run + " stopped at step " + step + " with loss " + last + ", lr " + rate,
                Phrases.fill(Phrases.SHEETS.text("runEnded"), Map.of("run", run, "step", Integer.toString(step), "loss",
                last, "rate", rate))));
        return String.join("\n", lines);
    }

    private static String listing(Draw draw) {
        String folder = draw.of("data", "runs", "models", "out", "backup", "old");
        var files = draw.some(IntStream.range(0, 6).mapToObj(i -> draw.oneIn(3) ? Names.run(draw) : draw.oneIn(2)
                ? Names.dataFile(draw) : Names.invented(draw) + ".jsonl").toList(), draw.between(2, 5));
        String other = draw.of("archive", "new", "backup", "share", "tmp") + "/";
        return "$ ls " + folder + "\n" + String.join(draw.of("\n", "  "), files) + "\n"
                + files.stream().map(f -> "$ " + draw.of("cp ", "mv ") + folder + "/" + f + " " + other + f)
                .collect(Collectors.joining("\n")) + "\n$ ls " + other + "\n"
                + String.join("\n", draw.some(files, files.size()));
    }

    /** A few names and numbers, said two to five times. */
    private static String copies(Draw draw) {
        var words = IntStream.range(0, draw.between(2, 6)).mapToObj(i -> switch (draw.below(7)) {
            case 0 -> Names.invented(draw);
            case 1 -> draw.of(Names.CODE_NAMES);
            case 2 -> Names.run(draw);
            case 3 -> Integer.toString(draw.between(10, 99999));
            case 4 -> Names.dataFile(draw);
            case 5 -> draw.of("runs/" + Names.run(draw), "data/" + Names.dataFile(draw), "models/" + Names.model(draw));
            default -> draw.of(Names.TOPICS);
        }).toList();
        String between = draw.of(" ", " ", ", ", "/", " = ");
        String line = draw.oneIn(2) ? "\n" : draw.of(" | ", "; ", "\n- ");
        return IntStream.range(0, draw.between(2, 5)).mapToObj(i -> String.join(between, words))
                .collect(Collectors.joining(line));
    }
}
