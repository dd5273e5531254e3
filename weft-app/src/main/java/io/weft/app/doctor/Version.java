package io.weft.app.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this build, from the file that Maven fills in. */
public final class Version {
    private Version() {}

    public static String text() {
        Properties built = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("/io/weft/app/version.properties")) {
            built.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return built.getProperty("version");
    }
}
