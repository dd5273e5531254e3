package io.weft.problem;

import java.util.ArrayList;
import java.util.List;

import static io.weft.problem.Language.say;

/** Collects the problems of one file or recipe, so that the user sees all of them at once. */
public final class Problems {
    private static final int SHOWN = 20;
    private final String subject;
    private final List<String> found = new ArrayList<>();

    /** @param subject what is being checked, e.g. "recipe.yaml" */
    public Problems(String subject) { this.subject = subject; }

    public void add(String problem) { found.add(problem); }

    public boolean isEmpty() { return found.isEmpty(); }

    public List<String> all() { return List.copyOf(found); }

    /** @throws UserError naming every problem, when there is one */
    public void throwIfAny() {
        if (found.isEmpty()) {
            return;
        }
        List<String> shown = new ArrayList<>(found.subList(0, Math.min(SHOWN, found.size())));
        if (found.size() > SHOWN) {
            shown.add(say("and %d more", found.size() - SHOWN));
        }
        String heading = found.size() == 1 ? say("%s has 1 problem", subject)
                : say("%s has %d problems", subject, found.size());
        throw UserError.of(heading, shown);
    }
}
