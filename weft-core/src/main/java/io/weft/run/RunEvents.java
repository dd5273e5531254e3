package io.weft.run;

import io.weft.run.RunEvent.Evaluated;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Saved;
import io.weft.run.RunEvent.Started;
import io.weft.run.RunEvent.StepDone;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A run's events, sorted by kind for those who draw or sum them up. Always begins with {@link Started}. */
public record RunEvents(
        List<RunEvent> all, Started started, List<StepDone> steps, List<Evaluated> evaluations,
        Optional<Finished> finished) {
    public static RunEvents of(List<RunEvent> events) {
        Started started = only(events, Started.class).stream().findFirst()
                .orElseThrow(() -> new IllegalArgumentException("a run's first event is Started"));
        return new RunEvents(List.copyOf(events), started, only(events, StepDone.class), only(events, Evaluated.class),
                only(events, Finished.class).stream().findFirst());
    }

    private static <E extends RunEvent> List<E> only(List<RunEvent> events, Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).collect(Collectors.toList());
    }

    /** Optimizer steps done. */
    public int lastStep() { return steps.isEmpty() ? 0 : steps.get(steps.size() - 1).step(); }

    /** Epochs done, fractional. */
    double epoch() { return steps.isEmpty() ? 0 : steps.get(steps.size() - 1).epoch(); }

    /** The evaluation with the lowest loss so far. */
    public Optional<Evaluated> best() {
        return evaluations.stream().filter(Evaluated::best).reduce((earlier, later) -> later);
    }

    /** The best evaluation of a run. */
    record Best(int step, double loss) {}

    /** The best evaluation, also where its event was lost and only the end of the run tells of it. */
    Optional<Best> bestStep() {
        Optional<Best> ended = finished.filter(end -> end.bestStep() >= 0)
                .map(end -> new Best(end.bestStep(), end.bestLoss()));
        return ended.or(() -> best().map(evaluated -> new Best(evaluated.step(), evaluated.loss())));
    }

    /** Whether it holds every step up to the last: the events of some may be lost, see {@link LogRemains}. */
    boolean isWhole() { return steps.size() == lastStep(); }

    /** The mean of each metric over those of the steps that measured it, in the order of their first measurement. */
    public static Map<String, Double> meanMetrics(Collection<StepDone> steps) {
        return steps.stream().flatMap(step -> step.metrics().entrySet().stream()).collect(Collectors.groupingBy(
                Map.Entry::getKey, LinkedHashMap::new, Collectors.averagingDouble(Map.Entry::getValue)));
    }

    Optional<String> folderSavedAt(int step) {
        return only(all, Saved.class).stream().filter(saved -> saved.step() == step).map(Saved::folder).findFirst();
    }
}
