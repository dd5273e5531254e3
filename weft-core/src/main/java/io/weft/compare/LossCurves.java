package io.weft.compare;

import io.weft.run.EventLog;
import io.weft.run.RunEvents;
import io.weft.run.RunFolder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The losses of two runs by step in one picture, as points of an SVG of {@value #WIDTH} by {@value #HEIGHT}. */
final class LossCurves {
    static final int WIDTH = 720, HEIGHT = 260;
    private static final int LEFT = 56, RIGHT = 12, TOP = 12, BOTTOM = 30, LINES = 4;
    private final List<Curve> curves = new ArrayList<>();

    private record Point(double step, double loss) {}

    /** @param kind "training" or "heldOut" */
    private record Curve(String run, String kind, List<Point> points) {}

    /** Nothing is drawn of a run whose log is not there, as that of several stages. */
    static LossCurves of(RunFolder first, RunFolder second) {
        LossCurves all = new LossCurves();
        all.add("first", first);
        all.add("second", second);
        return all;
    }

    private void add(String name, RunFolder run) {
        if (!Files.isRegularFile(run.events())) {
            return;
        }
        RunEvents events = RunEvents.of(EventLog.events(run.events()));
        curves.add(new Curve(name, "training", events.steps().stream()
                .map(step -> new Point(step.step(), step.loss())).filter(point -> Double.isFinite(point.loss))
                .toList()));
        curves.add(new Curve(name, "heldOut", events.evaluations().stream()
                .map(one -> new Point(one.step(), one.loss())).filter(point -> Double.isFinite(point.loss)).toList()));
    }

    boolean isEmpty() { return curves.stream().allMatch(curve -> curve.points.isEmpty()); }

    /** What the page's template draws. */
    Map<String, Object> picture() {
        List<Point> all = curves.stream().flatMap(curve -> curve.points.stream()).toList();
        double steps = all.stream().mapToDouble(Point::step).max().orElse(1);
        double low = all.stream().mapToDouble(Point::loss).min().orElse(0),
                high = Math.max(low + 1e-6, all.stream().mapToDouble(Point::loss).max().orElse(1));
        Map<String, Object> picture = new LinkedHashMap<>();
        picture.put("width", WIDTH);
        picture.put("height", HEIGHT);
        picture.put("left", LEFT);
        picture.put("right", WIDTH - RIGHT);
        picture.put("bottom", HEIGHT - BOTTOM);
        picture.put("below", HEIGHT - BOTTOM + 18);
        picture.put("steps", String.format(Locale.ROOT, "%,.0f", steps));
        picture.put("grid", Stream.iterate(0, i -> i + 1).limit(LINES + 1).map(i -> {
            double loss = low + (high - low) * i / LINES;
            return Map.of("y", number(y(loss, low, high)), "label", String.format(Locale.ROOT, "%.2f", loss));
        }).toList());
        picture.put("curves", curves.stream().filter(curve -> !curve.points.isEmpty()).map(curve -> Map.of(
                "run", curve.run, "kind", curve.kind, "points", curve.points.stream().map(point ->
                number(LEFT + (WIDTH - LEFT - RIGHT) * point.step / steps) + "," + number(y(point.loss, low, high)))
                .collect(Collectors.joining(" ")), "dots", curve.kind.equals("heldOut") ? curve.points.stream()
                .map(point -> Map.of("x", number(LEFT + (WIDTH - LEFT - RIGHT) * point.step / steps), "y",
                number(y(point.loss, low, high)))).toList() : List.of())).toList());
        return picture;
    }

    private static double y(double loss, double low, double high) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (loss - low) / (high - low);
    }

    private static String number(double value) { return String.format(Locale.ROOT, "%.1f", value); }
}
