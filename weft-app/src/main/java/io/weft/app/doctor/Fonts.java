package io.weft.app.doctor;

import java.awt.Font;
import java.awt.GraphicsEnvironment;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

import static io.weft.problem.Language.say;

/** Fonts for the labels of charts. */
final class Fonts {
    private static final String CHINESE_LABEL = "训练损失";

    /** Java's own names, behind which the others stand. */
    private static final Set<String> LOGICAL = Set.of(Font.DIALOG, Font.DIALOG_INPUT, Font.SANS_SERIF, Font.SERIF, Font.MONOSPACED);

    private Fonts() {}

    static Finding chinese() {
        String title = say("fonts", "字体");
        try {
            Optional<String> shows = Arrays.stream(GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames())
                    .filter(family -> !LOGICAL.contains(family) && new Font(family, Font.PLAIN, 12).canDisplayUpTo(CHINESE_LABEL) < 0).findFirst();
            return shows.map(family -> Finding.ok("fonts", title, say("%s shows Chinese", "%s 可显示中文", family)))
                    .orElseGet(() -> Finding.warn("fonts", title, say("none shows Chinese, so charts are labelled in English", "没有可显示中文的字体,图表将使用英文标注"), say("install one: apt-get install fonts-noto-cjk", "可安装:apt-get install fonts-noto-cjk")));
        } catch (LinkageError | InternalError | RuntimeException e) {   // InternalError: what the JDK throws where fontconfig is missing
            return Finding.warn("fonts", title, say("Java finds none, so training_metrics.png cannot be drawn", "Java 找不到字体,无法绘制 training_metrics.png"), say("install them: apt-get install fontconfig fonts-dejavu-core", "请安装:apt-get install fontconfig fonts-dejavu-core"));
        }
    }
}
