package io.weft.data.review;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Excerpt;
import io.weft.data.Place;
import io.weft.data.Sample;
import io.weft.data.read.Outcome;
import io.weft.data.read.Row;
import io.weft.data.read.RowReader;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * What a person wrote into a review, to be carried out on the rows: {@code review.csv} or {@code review.jsonl} with the
 * column {@code decision} filled in. A row is known by all that it says; among rows that say the same, by its place. A
 * decision on a row that is no longer in the file, or was edited since, is a problem, told with all the others.
 */
public final class Decisions {
    private final Path file;
    private final Set<String> others;
    private final Map<String, List<Decision>> open = new HashMap<>(), carried = new HashMap<>();
    private final Problems problems;
    private int blank, moved;

    /**
     * What becomes of a row.
     *
     * @param after the row, changed or not; empty when it is dropped
     */
    public record Carried(Verdict verdict, Optional<Sample> after) {}

    private Decisions(Path file, List<String> others) {
        this.file = file;
        this.others = others.stream().map(Decisions::name).collect(Collectors.toSet());
        problems = new Problems(file.toString());
    }

    /**
     * @param file   CSV or JSONL
     * @param others files whose rows are not asked about, so that decisions on them are left alone
     * @throws UserError with everything that is wrong with the file, by its lines
     */
    public static Decisions read(Path file, List<String> others) {
        Decisions decisions = new Decisions(file, others);
        try (RowReader reader = RowReader.open(file)) {
            while (reader.hasNext()) {
                Outcome<Row> row = reader.next();
                row.rejected().ifPresent(rejected -> decisions.problems.add(rejected.place().within() + ": "
                        + rejected.detail()));
                row.taken().ifPresent(decisions::add);
            }
        }
        decisions.problems.throwIfAny();
        return decisions;
    }

    private void add(Row row) {
        ObjectNode fields = row.fields();
        String hash = text(fields, ReviewColumns.HASH), decision = text(fields, ReviewColumns.DECISION);
        String corrected = fields.path(ReviewColumns.CORRECTED).asText("");
        if (decision.isEmpty() && corrected.isBlank()) {
            blank++;
            return;
        }
        List<String> wrong = new ArrayList<>();
        if (RowHash.isNewer(hash)) {
            wrong.add(say("hash '%s' was written by a newer Weft; use that one", Excerpt.of(hash)));
        } else if (!RowHash.isKnown(hash)) {
            wrong.add(say("hash is '%s'; expected what stands there in review.csv, such as h1-0123456789abcdef",
                    Excerpt.of(hash)));
        }
        Optional<Verdict> verdict = Verdict.of(decision);
        if (verdict.isEmpty()) {
            wrong.add(decision.isEmpty() ? say("corrected is filled in and decision is empty; write change there, or "
                    + "empty corrected") : say("decision is '%s'; expected one of %s, or nothing", Excerpt.of(decision),
                    String.join(say(", "), Verdict.words())));
        } else if (verdict.get() == Verdict.CHANGE && corrected.isBlank()) {
            wrong.add(say("decision is change and corrected is empty; write the right answer there"));
        } else if (verdict.get() != Verdict.CHANGE && !corrected.isBlank()) {
            wrong.add(say("decision is %s and corrected is filled in; write change, or empty corrected",
                    verdict.get().word()));
        }
        if (wrong.isEmpty() && !others.contains(name(text(fields, ReviewColumns.FILE)))) {
            put(new Decision(hash, new Place(text(fields, ReviewColumns.FILE), number(fields, ReviewColumns.LINE),
                    number(fields, ReviewColumns.ROW)), verdict.get(), corrected, row.place()));
        }
        wrong.forEach(problem -> problems.add(row.place().within() + ": " + problem));
    }

    private void put(Decision decision) {
        List<Decision> same = open.computeIfAbsent(decision.hash(), hash -> new ArrayList<>());
        same.stream().filter(other -> other.row().equals(decision.row())).findFirst().ifPresent(other ->
                problems.add(say("%s: the row of %s is decided there already; keep one of them",
                decision.at().within(), other.at().within())));
        same.add(decision);
    }

    /** Files may be named by another path. */
    private static String name(String file) { return file.replaceFirst(".*[/\\\\]", ""); }

    private static String text(ObjectNode fields, String name) { return fields.path(name).asText("").strip(); }

    private static int number(ObjectNode fields, String name) {
        String text = text(fields, name);
        return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
    }

    /** How many rows of the file are decided. */
    public int count() { return open.values().stream().mapToInt(List::size).sum(); }

    /** Rows of the file that nobody has decided. */
    public int blank() { return blank; }

    /** Rows that were found at another place than where they stood. */
    public int moved() { return moved; }

    /**
     * A row that stands where it stood and says what it said. To be asked of every row before {@link #elsewhere} is of
     * any, so that of equal rows each gets its own decision.
     */
    public Optional<Carried> here(Sample row) {
        List<Decision> same = open.getOrDefault(RowHash.of(row), List.of());
        return same.stream().filter(decision -> isAt(decision.row(), row.place())).findFirst()
                .flatMap(decision -> carried(decision, row));
    }

    /** A row that says what a decided one said, which is no longer where it stood. */
    public Optional<Carried> elsewhere(Sample row) {
        List<Decision> same = open.getOrDefault(RowHash.of(row), List.of());
        if (same.isEmpty()) {
            return Optional.empty();
        }
        moved++;
        return carried(same.get(0), row);
    }

    private static boolean isAt(Place decided, Place row) {
        return name(decided.file()).equals(name(row.file())) && decided.line() == row.line() && decided.row()
                == row.row();
    }

    private Optional<Carried> carried(Decision decision, Sample row) {
        open.get(decision.hash()).remove(decision);
        carried.computeIfAbsent(decision.hash(), hash -> new ArrayList<>()).add(decision);
        if (decision.verdict() != Verdict.CHANGE) {
            return Optional.of(new Carried(decision.verdict(), decision.verdict() == Verdict.DROP ? Optional.empty()
                    : Optional.of(row)));
        }
        Optional<Sample> corrected = Correction.of(row, decision.corrected());
        if (corrected.isEmpty()) {
            problems.add(say("%s: corrected is '%s'; a mark is good or bad", decision.at().within(),
                    Excerpt.of(decision.corrected())));
        }
        return corrected.map(after -> new Carried(Verdict.CHANGE, Optional.of(after)));
    }

    /** Whether a decision waits for its row. */
    public boolean areLeft() { return open.values().stream().anyMatch(list -> !list.isEmpty()); }

    /** Whether a row that said the same was decided alike: one of the two was dropped as a repetition. */
    private boolean isDoneElsewhere(Decision left) {
        return carried.getOrDefault(left.hash(), List.of()).stream().anyMatch(other -> other.verdict() == left.verdict()
                && other.corrected().equals(left.corrected()));
    }

    /**
     * When every row was asked about.
     *
     * @throws UserError naming each decision whose row is gone, and whatever could not be carried out
     */
    public void requireAllCarried() {
        open.values().stream().flatMap(List::stream).filter(left -> !isDoneElsewhere(left))
                .sorted((one, other) -> one.at().compareTo(other.at()))
                .forEach(left -> problems.add(say("%s: no row says what the row decided here said (it stood at %s); it "
                + "was edited, taken out, or another step changes it now. Take the decision out, or decide anew by the "
                + "review.csv of a preparation without decisions", left.at().within(), left.row())));
        problems.throwIfAny();
    }

    public Path file() { return file; }
}
