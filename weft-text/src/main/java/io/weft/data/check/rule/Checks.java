package io.weft.data.check.rule;

import io.weft.data.check.Check;
import io.weft.extension.OpenTable;
import java.util.List;
import java.util.Optional;

import static io.weft.problem.Translatable.text;

/** Every check there is, in the order of reports. */
public final class Checks {
    private static final OpenTable<Check> TABLE = OpenTable.of(text("check of rows"), Check.class, Check::name,
            new Amount(), new HeldOutAmount(), new RejectedRows(), new LabelBalance(), new LengthBalance(),
            new TextLength(), new OddCharacterRows(), new PersonalRows(), new Contradictions(), new TrivialAnswers(),
            new RepeatedPrompts(),
            new Duplicates(), new NearDuplicates(), new Overlap(), new Truncation(), new NothingLearned(),
            new BorderTokens(), new TokenLengths());

    private Checks() {}

    /** The one of a verdict's kind. */
    public static Optional<Check> find(String kind) { return TABLE.find(kind); }

    public static List<Check> all() { return TABLE.all(); }
}
