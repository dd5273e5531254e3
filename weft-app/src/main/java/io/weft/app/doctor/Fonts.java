package io.weft.app.doctor;

import io.weft.problem.Language;
import java.awt.Font;
import java.awt.GraphicsEnvironment;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

import static io.weft.problem.Language.say;

/** Fonts for the labels of charts. */
final class Fonts {
    /** Java's own names, behind which the others stand. */
    private static final Set<String> LOGICAL = Set.of(Font.DIALOG, Font.DIALOG_INPUT, Font.SANS_SERIF, Font.SERIF,
            Font.MONOSPACED);

    private Fonts() {}

    static Finding chinese() {
        String title = say("fonts");
        try {
            Optional<String> shows = Arrays.stream(GraphicsEnvironment.getLocalGraphicsEnvironment()
                    .getAvailableFontFamilyNames())
                    .filter(family -> !LOGICAL.contains(family)
                    && new Font(family, Font.PLAIN, 12)
                    .canDisplayUpTo(Language.CHINESE.in("Training and held-out loss")) < 0).findFirst();
            return shows.map(family -> Finding.ok("fonts", title, say("%s shows Chinese", family)))
                    .orElseGet(() -> Finding.warn("fonts", title,
                    say("none shows Chinese, so charts are labelled in English"),
                    say("install one: apt-get install fonts-noto-cjk")));
        // InternalError: what the JDK throws where fontconfig is missing
        } catch (LinkageError | InternalError | RuntimeException e) {
            return Finding.warn("fonts", title, say("Java finds none, so training_metrics.png cannot be drawn"),
                    say("install them: apt-get install fontconfig fonts-dejavu-core"));
        }
    }
}
