package io.weft.data.mend;

import io.weft.data.IntList;
import io.weft.problem.UserError;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.File;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Values.WholeNumber;
import io.weft.settings.Word;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * Gives the groups of the training rows, such as the rows of a label, about the same number of rows. Which are repeated
 * or dropped is drawn; rows without a value stay as they are.
 *
 * @param by        "label", or a field of the user's rows
 * @param rows      how many each group is to have: at most where rows are dropped, at least where they are repeated;
 *     those of the smallest or of the largest group where it is not given
 * @param mostTimes how often a repeated row may stand there at most
 */
public record Balance(String by, How how, OptionalInt rows, int mostTimes) implements TrainingStep {
    /** The way to equal numbers. */
    public enum How implements Word {
        /** Rows of small groups stand there several times. */
        OVERSAMPLE,
        /** Rows of large groups are dropped. */
        UNDERSAMPLE
    }

    private static final Section<Balance> SECTION = Section.of("balance", new Balance(),
            text("as many training rows for each label or value of a field"),
            Setting.of("by", new File(text("label or the name of a field")),
                    text("label: what a text is labelled, a mark, or a short answer; else a field of the rows")),
            Setting.of("how", OneOf.of(How.class), text("repeat rows of small groups, or drop rows of large ones")),
            Setting.of("rows", WholeNumber.from(1), text("rows that each group is to have"))
                    .optional("1000", text("as many as the largest group, or as few as the smallest")),
            Setting.of("mostTimes", new WholeNumber(1, 1_000), text("how often a repeated row may stand there at "
                    + "most")));

    public Balance() { this(RowGroups.LABEL, How.OVERSAMPLE, OptionalInt.empty(), 10); }

    @Override public Section<Balance> section() { return SECTION; }

    @Override public Set<String> groupedBy() { return Set.of(by); }

    @Override public void mend(TrainingRows training) {
        TreeMap<Integer, IntList> groups = new TreeMap<>();
        int all = 0;
        for (int row = 0; row < training.count(); row++) {
            int group = training.holds(row) ? training.group(row, by) : RowGroups.NONE;
            if (group != RowGroups.NONE) {
                groups.computeIfAbsent(group, none -> new IntList()).add(row);
                all++;
            }
        }
        requireFew(training, groups, all);
        IntStream sizes = groups.values().stream().mapToInt(IntList::size);
        int wanted = rows.orElse(how == How.OVERSAMPLE ? sizes.max().orElse(0) : sizes.min().orElse(0));
        List<int[]> times = new ArrayList<>();
        groups.forEach((group, members) -> draw(members.toArray(), wanted, new Random(training.seed() * 31 + group),
                times));
        times.sort((one, other) -> Integer.compare(one[0], other[0]));
        times.forEach(row -> apply(training, row[0], row[1]));
    }

    /** @throws UserError for values of which most stand once, which are no groups, and for a single group */
    private void requireFew(TrainingRows training, TreeMap<Integer, IntList> groups, int all) {
        if (groups.size() > 1 && 2 * groups.size() <= all) {
            return;
        }
        String found = groups.keySet().stream().limit(5).map(group -> training.groups(by).name(group))
                .collect(Collectors.joining(say(", ")));
        throw UserError.of(groups.size() < 2
                ? say("data.mend.balance.by: '%s' has one value (%s) in all of %d training rows, so there is nothing "
                + "to balance; name another field, or leave the step out", by, found, all)
                : say("data.mend.balance.by: '%s' has %d different values in %d training rows (%s, ...), most of which "
                + "stand once or twice; name a field with few values", by, groups.size(), all, found));
    }

    /** Adds, for each row of a group that is not to stand there once, its number and how often it is to. */
    private void draw(int[] members, int wanted, Random random, List<int[]> times) {
        List<Integer> drawn = new ArrayList<>(Arrays.stream(members).boxed().toList());
        Collections.shuffle(drawn, random);
        long most = (long) members.length * mostTimes;
        int target = how == How.OVERSAMPLE ? (int) Math.min(most, Math.max(wanted, members.length))
                : Math.min(wanted, members.length);
        for (int i = 0; i < members.length; i++) {
            int often = target / members.length + (i < target % members.length ? 1 : 0);
            if (often != 1) {
                times.add(new int[] {drawn.get(i), often});
            }
        }
    }

    private static void apply(TrainingRows training, int row, int often) {
        if (often == 0) {
            training.drop(row, "undersample");
        } else {
            training.repeat(row, often - 1, "oversample");
        }
    }
}
