package io.weft.app.watch;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/** Panels of one size on a white picture, row by row. */
final class PanelPicture {
    static final int DOTS_PER_INCH = 300;
    private static final int UNITS_PER_INCH = 100;                                   // what panels measure in

    private PanelPicture() {}

    /** @param panels row by row  @param columns of them; the picture's size is that of all together, in inches */
    static BufferedImage of(int inchesWide, int inchesHigh, List<ChartPanel> panels, int columns) {
        var picture = new BufferedImage(inchesWide * DOTS_PER_INCH, inchesHigh * DOTS_PER_INCH,
                BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.scale((double) DOTS_PER_INCH / UNITS_PER_INCH, (double) DOTS_PER_INCH / UNITS_PER_INCH);
        int rows = (panels.size() + columns - 1) / columns, width = inchesWide * UNITS_PER_INCH / columns,
                height = inchesHigh * UNITS_PER_INCH / rows;
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, inchesWide * UNITS_PER_INCH, inchesHigh * UNITS_PER_INCH);
        for (int i = 0; i < panels.size(); i++) {
            Graphics2D part = (Graphics2D) graphics.create();
            part.translate(i % columns * width, i / columns * height);
            panels.get(i).paint(part, width, height);
            part.dispose();
        }
        graphics.dispose();
        return picture;
    }
}
