package io.weft.app.watch;

import io.weft.problem.UserError;
import java.awt.Font;
import java.awt.GraphicsEnvironment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/** Finds a font among those installed. */
final class ChartFont {
    /** Sans-serif families that hold Chinese and look well beside Latin figures; Linux, Windows, macOS. */
    private static final List<String> CHINESE = List.of("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC",
            "Source Han Sans CN", "Microsoft YaHei",
            "PingFang SC", "Hiragino Sans GB", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback",
            "SimHei");
    private static final List<String> LATIN = List.of("Noto Sans", "Segoe UI", "Helvetica Neue", "DejaVu Sans",
            "Liberation Sans");

    private ChartFont() {}

    static Font latin() {
        Set<String> installed = Set.of(families());
        return new Font(LATIN.stream().filter(installed::contains).findFirst().orElse(Font.SANS_SERIF), Font.PLAIN, 12);
    }

    /** A font that has every character of the text, when one is installed. */
    static Optional<Font> showing(String text) {
        String[] installed = families();
        Set<String> names = Set.of(installed);
        return Stream.concat(CHINESE.stream().filter(names::contains), Arrays.stream(installed))
                .map(family -> new Font(family, Font.PLAIN, 12))
                .filter(font -> font.canDisplayUpTo(text) < 0).findFirst();
    }

    /**
     * @throws UserError when this machine cannot draw text: a container without fonts, or a JDK without its desktop
     *     libraries
     */
    private static String[] families() {
        try {
            return GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames();
        } catch (LinkageError | InternalError | RuntimeException e) {
            throw UserError.of(say("training_metrics.png cannot be drawn, because Java finds no fonts here; install "
                    + "them (Debian, Ubuntu: apt-get install fontconfig fonts-dejavu-core)"), e);
        }
    }
}
