package io.weft.data.mend.step;

import io.weft.data.Sample;
import io.weft.data.augment.Agreement;
import io.weft.data.augment.AugmentLimits;
import io.weft.data.augment.Instruction;
import io.weft.data.augment.Variant;
import io.weft.data.clean.Fingerprint;
import io.weft.data.clean.FingerprintSet;
import io.weft.data.mend.TrainingRows;
import io.weft.problem.UserError;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

import static io.weft.problem.Language.say;

/**
 * The rows that a step makes: from which rows in which order, how many, and which are let in. They are added behind the
 * others when all are there, in the order of the rows that they were made from.
 */
final class MadeRows {
    private final TrainingRows rows;
    private final AugmentLimits limits;
    private final Agreement agreement;
    private final FingerprintSet asked = new FingerprintSet();
    private final TreeMap<Integer, List<Made>> made = new TreeMap<>();
    private final Map<String, Integer> refused = new TreeMap<>();
    private final BitSet without = new BitSet();
    private final int wanted;
    private int count;

    private record Made(Sample sample, String rule) {}

    /** A row that may be said otherwise. @param number of it */
    record Source(int number, Instruction instruction) {}

    MadeRows(TrainingRows rows, AugmentLimits limits, Agreement agreement) {
        this.rows = rows;
        this.limits = limits;
        this.agreement = agreement;
        int written = 0;
        for (int row = 0; row < rows.count(); row++) {
            if (rows.holds(row)) {
                asked.add(Fingerprint.ofAsked(rows.sample(row)));
                written += rows.isMade(row) ? 0 : 1;
            }
        }
        for (int row = 0; row < rows.heldOut(); row++) {
            asked.add(Fingerprint.ofAsked(rows.heldOut(row)));
        }
        wanted = Math.min(limits.most().orElse(Integer.MAX_VALUE), (int) Math.floor(limits.share() * written));
    }

    /** Numbers of rows in a drawn order. */
    int[] drawn() {
        int[] order = new int[rows.count()];
        SplittableRandom random = random(-1);
        for (int i = 0; i < order.length; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    /** A row that somebody wrote and that has an instruction; a row without is counted. */
    Optional<Source> source(int row) {
        if (!rows.holds(row) || rows.isMade(row)) {
            return Optional.empty();
        }
        Optional<Instruction> instruction = Instruction.of(rows.sample(row));
        if (instruction.isEmpty() && !without.get(row)) {
            without.set(row);
            refuse("noInstruction");
        }
        return instruction.map(found -> new Source(row, found));
    }

    /** Of a row, whatever others there are. */
    SplittableRandom random(int row) { return new SplittableRandom(rows.seed() * 1_000_003 + row); }

    boolean isEnough() { return count >= wanted; }

    /** How many are still wanted. */
    int left() { return wanted - count; }

    int perRow() { return limits.perRow(); }

    void refuse(String why) { refused.merge(why, 1, Integer::sum); }

    /** Whether a variant may be asked about, or let in; where not, it is counted by the reason. */
    boolean agrees(Source source, String head) {
        Optional<String> refusal = agreement.refusal(source.instruction.head(), head);
        refusal.ifPresent(this::refuse);
        return refusal.isEmpty();
    }

    /** @return whether it was let in: nobody asks so yet, in training or held-out rows */
    boolean add(Source source, Variant variant) {
        Sample sample = source.instruction.with(variant.head());
        int before = asked.size();
        asked.add(Fingerprint.ofAsked(sample));
        if (asked.size() == before) {
            refuse("asked");
            return false;
        }
        made.computeIfAbsent(source.number, none -> new ArrayList<>()).add(new Made(sample, variant.rule()));
        count++;
        return true;
    }

    /** @throws UserError when no row was made */
    void finish() {
        refused.forEach((why, times) -> rows.found("refused:" + why, times));
        if (count == 0) {
            throw UserError.of(wanted == 0
                    ? say("data.mend.augment.share: %s of so few training rows is less than one row; raise it",
                    limits.share())
                    : say("data.mend.augment: not one row could be made (%s); rules know how many Chinese and English "
                    + "instructions begin, and a model's paraphrases must keep numbers, quotes and language. Leave the "
                    + "step out, or make by another way", refused.isEmpty() ? say("nothing to say otherwise")
                    : refused.toString()));
        }
        made.forEach((from, variants) -> variants.forEach(one -> rows.add(one.sample, from, one.rule)));
    }
}
