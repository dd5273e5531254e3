package io.weft.data.mend.step;

import io.weft.data.Sample;
import io.weft.data.mend.Mended;
import io.weft.data.mend.RowStep;
import io.weft.data.mend.SampleTexts;
import io.weft.data.personal.PersonalData;
import io.weft.data.personal.PersonalData.Found;
import io.weft.data.personal.PersonalKind;
import io.weft.problem.Problems;
import io.weft.problem.Spelling;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.Names;
import io.weft.settings.Word;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * Puts a mask such as {@code <phone>} in place of what is personal, in every text of a row. What stood there is in the
 * user's file and in none that Weft writes.
 *
 * @param kinds words of {@link PersonalKind}
 */
public record Mask(List<String> kinds) implements RowStep {
    private static final List<String> ALL = Arrays.stream(PersonalKind.values()).map(kind -> kind.word()).toList();
    private static final Setting KINDS = Setting.of("kinds", new Names(text("any of %s", ALL)),
            text("what is masked; numbers of persons and cards by their check digits"));
    private static final Section<Mask> SECTION = Section.of("mask", new Mask(),
            text("masks in place of phones, identity numbers, bank cards, e-mail addresses, keys and addresses of "
            + "machines"), KINDS);

    public Mask() { this(ALL); }

    public Mask { kinds = List.copyOf(kinds); }

    @Override public Section<Mask> section() { return SECTION; }

    @Override public Optional<Setting> usual() { return Optional.of(KINDS); }

    @Override public void check(Problems problems) {
        kinds.stream().filter(kind -> !ALL.contains(kind)).forEach(kind -> problems.add(say("data.mend.mask: there is "
                + "no '%s'; expected any of %s%s", kind, String.join(say(", "), ALL),
                Spelling.nearest(kind, ALL).map(near -> say("; did you mean %s?", near)).orElse(""))));
    }

    private PersonalData wanted() {
        Set<PersonalKind> wanted = EnumSet.noneOf(PersonalKind.class);
        kinds.forEach(kind -> Word.named(PersonalKind.class, kind).ifPresent(wanted::add));
        return PersonalData.of(wanted);
    }

    @Override public UnaryOperator<String> hiding() { return wanted()::masked; }

    @Override public Mender open() {
        PersonalData personal = wanted();
        return sample -> mend(sample, personal);
    }

    private static Mended mend(Sample sample, PersonalData personal) {
        Set<String> found = new TreeSet<>();
        Sample masked = SampleTexts.replaced(sample, text -> {
            List<Found> here = personal.in(text);
            here.forEach(one -> found.add(one.kind().word()));
            return PersonalData.masked(text, here);
        });
        return found.isEmpty() ? Mended.same(sample) : Mended.changed(masked, List.copyOf(found));
    }
}
