package io.weft.diagnose.rule;

import io.weft.data.prepare.DataSettings;
import io.weft.diagnose.Cause;
import io.weft.diagnose.Evidence;
import io.weft.diagnose.Finding;
import io.weft.diagnose.Need;
import io.weft.diagnose.Rule;
import io.weft.diagnose.Severity;
import io.weft.diagnose.Symptom;
import io.weft.problem.Translatable;
import io.weft.run.MachineRecord;
import io.weft.run.MemoryShortage;
import io.weft.run.RunEvent.Finished;
import io.weft.run.RunEvent.Warned;
import io.weft.train.Batching;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import static io.weft.problem.Translatable.text;

/** An allocation failed, or the process was killed while its machine had no memory left. */
final class OutOfMemory implements Rule {
    private static final String[] CHANGES = {"train.batch=%s", "train.accumulate=%s", "data.maxLength=%s",
        "train.recompute=always"};

    @Override public String name() { return "memory.exhausted"; }

    @Override public Symptom symptom() { return Symptom.MEMORY; }

    @Override public Translatable title() { return text("out of memory"); }

    @Override public Translatable when() {
        return text("an allocation failed; or the log has no end, no process trains in the run, and the process held "
                + "80 percent of the memory or more, less than 3 percent were free, or the system has killed a "
                + "process for memory since");
    }

    @Override public Set<Need> needs() { return Set.of(); }

    @Override public List<Cause> causes() {
        Translatable why = text("too many tokens at once: the activations of a micro-batch grow with train.batch and "
                + "data.maxLength; smaller ones and more of them are the same steps");
        return List.of(Cause.of("allocation", text("after step %d an allocation failed (%s); the process held %d MB at "
                + "most, of %d MB"), why, CHANGES),
                Cause.of("killed", text("the log ends after step %d of %d without a word; the process held %d MB at "
                + "most, of %d MB, and %d MB were free at the least"), why, CHANGES),
                Cause.of("heap", text("after step %d the Java heap was full (%s)"), text("too many rows for the heap, "
                + "or too small a heap; the tensors are not in it"), "WEFT_JAVA_OPTIONS=-Xmx8g"));
    }

    @Override public List<Finding> look(Evidence run) {
        Optional<Warned> told = run.warned(kind -> kind.equals(MemoryShortage.MACHINE)
                || kind.equals(MemoryShortage.HEAP)).stream().reduce((earlier, later) -> later)
                .filter(shortage -> run.events().finished().map(Finished::step).orElse(0) <= shortage.step());
        Optional<MachineRecord> machine = run.machine();
        if (told.isPresent() && told.get().kind().equals(MemoryShortage.HEAP)) {
            return List.of(found("heap", Severity.FAIL, List.of("step", told.get().step(), "told",
                    told.get().arguments().get(0))));
        }
        if (told.isPresent()) {
            return List.of(found("allocation", Severity.FAIL, List.of("step", told.get().step(), "told",
                    told.get().arguments().get(0), "heldMegabytes", megabytes(machine.map(MachineRecord::peak)),
                    "memoryMegabytes", megabytes(machine.map(MachineRecord::memory))), changes(run)));
        }
        if (!run.isBrokenOff() || machine.isEmpty() || !machine.get().wasShort()) {
            return List.of();
        }
        return List.of(found("killed", Severity.FAIL, List.of("step", run.events().lastStep(), "steps", run.steps(),
                "heldMegabytes", machine.get().peak() >> 20, "memoryMegabytes", machine.get().memory() >> 20,
                "freeMegabytes", machine.get().leastFree() >> 20), changes(run)));
    }

    private static long megabytes(Optional<Long> bytes) { return bytes.map(count -> count >> 20).orElse(-1L); }

    /** The same steps in smaller pieces; where a micro-batch is one row already, shorter rows. */
    private static Object[] changes(Evidence run) {
        Batching batching = run.recipe().train().batching();
        DataSettings data = run.recipe().data();
        return new Object[] {1, batching.batch() * batching.accumulate(), Math.max(64, data.maxLength() / 2)};
    }
}
