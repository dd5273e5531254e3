package io.weft.prompt;

import io.weft.problem.Problems;

import static io.weft.problem.Language.say;

/**
 * How a prompt is searched for.
 *
 * @param budget    forward passes: of one row's document from its beginning to its end, with one prompt. A gradient of
 *     a row counts as three, since its backward pass computes about twice as much; a proposal of the model counts as
 *     one, each of its tokens being read once
 * @param length    tokens that {@link TokenSwaps} makes
 * @param shots     rows that {@link DemonstrationChoice} shows
 * @param proposals instructions that the model itself proposes; 0 for none
 * @param seed      of every draw
 * @param rows      most held-out rows that the table at the end is measured on
 */
public record SearchSettings(SearchMethod method, int budget, int length, int shots, int proposals, long seed,
        int rows) {
    public static final SearchSettings DEFAULTS = new SearchSettings(SearchMethod.ALL, 10_000, 16, 4, 16, 42, 64);

    /** @throws io.weft.problem.UserError naming every number that is out of its bounds */
    public SearchSettings {
        Problems problems = new Problems(say("the search of a prompt"));
        require(problems, "budget", budget, 1, 100_000_000);
        require(problems, "length", length, 1, 512);
        require(problems, "shots", shots, 1, 64);
        require(problems, "proposals", proposals, 0, 1000);
        require(problems, "rows", rows, 1, 1_000_000);
        problems.throwIfAny();
    }

    private static void require(Problems problems, String name, int found, int least, int most) {
        if (found < least || found > most) {
            problems.add(say("%s is %d; expected %d to %d", "--" + name, found, least, most));
        }
    }
}
