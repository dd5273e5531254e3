package io.weft.data.split;

import io.weft.data.Excerpt;
import io.weft.problem.UserError;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * Where the held-out rows come from; {@code data.heldOut} in a recipe: a share (0.1), a number of rows (32; 0 for
 * none), or a file of its own.
 */
public sealed interface HeldOut {
    /** Which of the training file's rows are held out. */
    Split split(int rows, long seed);

    /** How many of the training file's rows are held out. */
    int count(int rows);

    /** The file of held-out rows, when they have their own. */
    default Optional<Path> file() { return Optional.empty(); }

    /** A share of the rows, rounded up. @param share from 0 to below 1 */
    record Share(double share) implements HeldOut {
        @Override public Split split(int rows, long seed) { return Split.ofShare(rows, share, seed); }

        @Override public int count(int rows) { return (int) Math.ceil(share * rows); }
    }

    /** A number of rows. */
    record Rows(int count) implements HeldOut {
        @Override public Split split(int rows, long seed) { return Split.of(rows, count, seed); }

        @Override public int count(int rows) { return count; }
    }

    /** A file of held-out rows; the training rows keep their order. */
    record OwnFile(Path path) implements HeldOut {
        @Override public Split split(int rows, long seed) { return Split.of(rows, 0, seed); }

        @Override public int count(int rows) { return 0; }

        @Override public Optional<Path> file() { return Optional.of(path); }
    }

    /** @param text what the recipe says  @throws UserError for a number that is neither a share nor a count */
    static HeldOut of(String text) {
        if (text.matches("\\d{1,9}")) {
            return new Rows(Integer.parseInt(text));
        }
        double number;
        try {
            number = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            if (text.isBlank() || text.matches("\\d+(\\.\\d+)?%")) {
                throw wrong(text);
            }
            return ownFile(text);
        }
        if (!(number >= 0 && number < 1)) {
            throw wrong(text);
        }
        return new Share(number);
    }

    private static HeldOut ownFile(String text) {
        try {
            return new OwnFile(Path.of(text));
        } catch (InvalidPathException e) {
            throw wrong(text);
        }
    }

    private static UserError wrong(String text) {
        return UserError.of(say("data.heldOut: '%s'; expected a share such as 0.1 (below 1), a number of rows such as "
                + "32, or a file", Excerpt.of(text)));
    }
}
