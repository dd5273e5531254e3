package io.weft.app.watch;

import io.weft.file.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes a picture with the size it has on paper. */
final class PngFile {
    private static final double METRES_PER_INCH = 0.0254;

    private PngFile() {}

    static void write(Path file, BufferedImage picture, int dotsPerInch) {
        var bytes = new ByteArrayOutputStream();
        var writer = ImageIO.getImageWritersByFormatName("png").next();
        try (var stream = new MemoryCacheImageOutputStream(bytes)) {
            IIOMetadata metadata = writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(picture),
                    null);
            addResolution(metadata, (int) Math.round(dotsPerInch / METRES_PER_INCH));
            writer.setOutput(stream);
            writer.write(new IIOImage(picture, null, metadata));
        } catch (IOException e) {
            throw AtomicFile.cannotWrite(file, e);
        } finally {
            writer.dispose();
        }
        AtomicFile.write(file, bytes.toByteArray());
    }

    /**
     * The pHYs chunk. The neutral metadata format would do, were it not for its millimetres that some JDKs write as
     * metres.
     */
    private static void addResolution(IIOMetadata metadata, int dotsPerMetre) throws IOException {
        var resolution = new IIOMetadataNode("pHYs");
        resolution.setAttribute("pixelsPerUnitXAxis", Integer.toString(dotsPerMetre));
        resolution.setAttribute("pixelsPerUnitYAxis", Integer.toString(dotsPerMetre));
        resolution.setAttribute("unitSpecifier", "meter");
        var root = new IIOMetadataNode("javax_imageio_png_1.0");
        root.appendChild(resolution);
        metadata.mergeTree("javax_imageio_png_1.0", root);
    }
}
