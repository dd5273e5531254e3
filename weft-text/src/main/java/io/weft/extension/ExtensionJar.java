package io.weft.extension;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weft.file.JsonProblem;
import io.weft.problem.UserError;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;

import static io.weft.problem.Language.say;

/**
 * A jar (or a folder of classes) that adds to an {@link OpenTable}. It carries {@code META-INF/weft/extension.json},
 * {@code {"name": "my-method", "weft": "0.1"}}: an interface that changes between versions would make it fail where
 * nobody expects it, so one that was built for another version is refused before a class of it is loaded.
 */
final class ExtensionJar {
    /** The version that extensions are built for: of Weft's own, what changes with its interfaces. */
    static final String VERSION = "0.1";
    private static final String DESCRIPTOR = "META-INF/weft/extension.json";
    private final String root;
    private final List<String> classes;

    private ExtensionJar(String root, List<String> classes) {
        this.root = root;
        this.classes = classes;
    }

    /**
     * The jars that provide something of a type, in the order of their names.
     *
     * @throws UserError for one without a descriptor, or of another version
     */
    static List<ExtensionJar> providing(Class<?> type, ClassLoader loader) {
        String services = "META-INF/services/" + type.getName();
        var jars = new TreeMap<String, ExtensionJar>();
        try {
            for (URL url : Collections.list(loader.getResources(services))) {
                String place = url.toString(), root = place.substring(0, place.length() - services.length());
                jars.put(root, new ExtensionJar(root, lines(text(url))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        jars.values().forEach(ExtensionJar::checkVersion);
        return List.copyOf(jars.values());
    }

    private static List<String> lines(String text) {
        return text.lines().map(line -> line.replaceFirst("#.*", "").strip()).filter(line -> !line.isEmpty()).distinct()
                .toList();
    }

    /** Without the cache of jar files, which would keep one open that is replaced or deleted later. */
    private static String text(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void checkVersion() {
        JsonNode descriptor;
        try {
            descriptor = new ObjectMapper().readTree(text(new URL(root + DESCRIPTOR)));
        } catch (FileNotFoundException | NoSuchFileException e) {
            throw refused(say("it has no %s to say which Weft it was built for", DESCRIPTOR), e);
        } catch (MalformedURLException e) {
            throw new IllegalStateException(root, e);
        } catch (JsonProcessingException e) {
            throw refused(say("its %s cannot be read (%s)", DESCRIPTOR, JsonProblem.located(e)), e);
        } catch (IOException e) {
            throw refused(say("its %s cannot be read (%s)", DESCRIPTOR, e.getMessage()), e);
        }
        String built = descriptor.path("weft").asText("");
        if (!built.equals(VERSION)) {
            throw refused(say("it was built for Weft %s, and this is %s", built.isEmpty() ? "?" : built, VERSION),
                    null);
        }
    }

    /** An instance of each class. @throws UserError for one that cannot be made */
    <T> List<T> make(Class<T> type, ClassLoader loader) {
        List<T> made = new ArrayList<>();
        for (String name : classes) {
            try {
                made.add(type.cast(Class.forName(name, true, loader).getConstructor().newInstance()));
            } catch (ClassNotFoundException e) {
                throw refused(say("it names a class that is not in it, %s", name), e);
            } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
                throw refused(say("%s has no public constructor without arguments", name), e);
            } catch (ClassCastException e) {
                throw refused(say("%s is no %s", name, type.getName()), e);
            } catch (InvocationTargetException e) {
                throw refused(say("making a %s failed (%s)", name, e.getCause()), e);
            } catch (LinkageError e) {
                throw refused(say("%s does not fit this Weft (%s)", name, e), e);
            }
        }
        return made;
    }

    /** The name that an added one gives itself. */
    <T> String named(T added, Function<T, String> name) {
        try {
            String word = name.apply(added);
            if (word == null || word.isBlank()) {
                throw refused(say("%s has no name", added.getClass().getName()), null);
            }
            return word;
        } catch (UserError e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            throw refused(say("%s cannot say its name (%s)", added.getClass().getName(), e), e);
        }
    }

    private UserError refused(String reason, Throwable cause) {
        return UserError.of(say("extension %s: %s; nothing of it is used. Get its version for this Weft, or remove it",
                this, reason), cause);
    }

    /** The file's path. */
    @Override public String toString() {
        String path = root.replaceFirst("^jar:", "").replaceFirst("!/$", "").replaceFirst("^file:", "");
        return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
