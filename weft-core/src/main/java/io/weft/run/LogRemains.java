package io.weft.run;

import io.weft.file.AtomicFile;
import io.weft.problem.UserError;
import io.weft.run.RunEvent.Changed;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Saved;
import io.weft.run.RunEvent.Started;
import io.weft.run.RunEvent.StepDone;
import io.weft.run.RunEvent.Warned;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * What is left of a run's event log for a run that goes on from a checkpoint. Only looked at; {@link EventLog#resume}
 * then writes. A log that lost events (it was deleted, cut short or damaged) does not stop the run, whose weights do
 * not depend on it: what can be read is kept, and what is lost is told.
 *
 * @param length  bytes that belong to the checkpoint
 * @param lines   the events that a log with losses keeps, as they were written, each with its line break
 * @param isBegun whether the run's first event is among them
 * @param loss    what is said of what was lost; nothing when the log is whole
 * @param changes the settings that the run was given since it began, in the order in which that happened
 */
public record LogRemains(Path file, long length, List<String> lines, boolean isBegun, Optional<Warned> loss,
        List<Changed> changes) {
    /** Names of the file to which a log with losses is moved. */
    private static final int MOST_ASIDE = 1000;

    /**
     * @param step   of the checkpoint
     * @param length bytes that {@link EventLog#commit} answered when it was made
     * @throws UserError when a newer Weft wrote the log, or the disk does not give it
     */
    public static LogRemains of(Path file, int step, long length) {
        byte[] bytes = bytes(file);
        boolean reaches = length > 0 && bytes.length >= length && bytes[(int) length - 1] == '\n';
        String[] texts = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
        String then = new String(bytes, 0, reaches ? (int) length : 0, StandardCharsets.UTF_8);
        int inside = reaches ? (int) then.chars().filter(c -> c == '\n').count() : texts.length - 1;
        boolean header = EventLine.isHeader(file, texts[0]);
        int damaged = header ? 0 : 1;
        boolean begun = false;
        List<String> kept = new ArrayList<>();
        List<Changed> changes = new ArrayList<>();
        BitSet steps = new BitSet();
        for (int i = header ? 1 : 0; i < texts.length - 1; i++) {
            Optional<RunEvent> event = EventLine.parse(texts[i]).map(EventLine::event);
            if (event.isEmpty()) {
                damaged = damaged == 0 && i < inside ? i + 1 : damaged;
                continue;
            }
            if (event.get() instanceof Changed changed) {
                changes.add(changed);
            }
            if (belongs(event.get(), step, i < inside && reaches)) {
                kept.add(texts[i] + "\n");
                begun |= event.get() instanceof Started;
                if (event.get() instanceof StepDone done) {
                    steps.set(done.step());
                }
            }
        }
        Optional<Warned> loss = reaches && damaged == 0 ? Optional.empty()
                : Optional.of(loss(file, step, bytes.length, damaged, steps));
        return new LogRemains(file, length, loss.isPresent() ? kept : List.of(), begun, loss, changes);
    }

    /** Whether an event was told before the checkpoint was. @param inside whether it stands in the bytes of then */
    private static boolean belongs(RunEvent event, int step, boolean inside) {
        return inside || event.step() < step || event.step() == step
                && !(event instanceof Saved || event instanceof Finished || event instanceof Changed);
    }

    private static Warned loss(Path file, int step, long bytes, int damaged, BitSet steps) {
        BitSet lost = new BitSet();
        lost.set(1, step + 1);
        lost.andNot(steps);
        if (bytes == 0) {
            return Warned.of(step, "log.missing", file, step);
        }
        if (lost.isEmpty()) {
            return damaged > 0 ? Warned.of(step, "log.line", file, damaged) : Warned.of(step, "log.end", file);
        }
        return damaged > 0 ? Warned.of(step, "log.damaged", file, damaged, ranges(lost))
                : Warned.of(step, "log.short", file, ranges(lost));
    }

    /** "3-7, 9" */
    private static String ranges(BitSet steps) {
        List<String> ranges = new ArrayList<>();
        for (int from = steps.nextSetBit(0); from >= 0; from = steps.nextSetBit(steps.nextClearBit(from))) {
            int to = steps.nextClearBit(from) - 1;
            ranges.add(from == to ? Integer.toString(from) : from + "-" + to);
        }
        return String.join(", ", ranges);
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        } catch (IOException e) {
            throw UserError.of(say("%s cannot be read: %s", file, e.getMessage()), e);
        }
    }

    /** The settings as the last change left them, as {@code Recipe.with} takes them. */
    public String[] changedSettings() {
        return changes.stream().map(changed -> changed.key() + "=" + changed.after()).toArray(String[]::new);
    }

    /** The last event of a kind that can be read in a log, whatever else is wrong with it. */
    public static <E extends RunEvent> Optional<E> last(Path file, Class<E> kind) {
        return new String(bytes(file), StandardCharsets.UTF_8).lines().map(EventLine::parse).flatMap(Optional::stream)
                .map(EventLine::event).filter(kind::isInstance).map(kind::cast)
                .reduce((earlier, later) -> later);
    }

    /** Gives a log with losses another name, events.damaged-1.jsonl and so on, so that nobody's file is overwritten. */
    void moveAside() {
        if (!Files.exists(file)) {
            return;
        }
        try {
            Path aside = null;
            for (int i = 1; i < MOST_ASIDE && (aside == null || Files.exists(aside)); i++) {
                aside = file.resolveSibling("events.damaged-" + i + ".jsonl");
            }
            Files.move(file, aside);
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        }
    }
}
