package io.weft.extension;

import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static io.weft.problem.Translatable.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Jars on the class path add to a table, or are refused by name and reason. */
public class OpenTableTest {
    private static final String DESCRIPTOR = "META-INF/weft/extension.json",
            GOOD = "{\"name\": \"mine\", \"weft\": \"" + ExtensionJar.VERSION + "\"}";
    private final Language before = Language.current();
    private final OpenTable<Thing> table = OpenTable.of(text("row format"), Thing.class, Thing::name, new First());
    @TempDir Path folder;

    /** What the jars of these tests provide. */
    public interface Thing {
        String name();
    }

    private record First() implements Thing {
        @Override public String name() { return "first"; }
    }

    @BeforeEach void speakEnglish() { Language.use(Language.ENGLISH); }

    @AfterEach void restoreLanguage() { Language.use(before); }

    @Test void aJarAddsBehindTheBuiltInOnes() throws IOException {
        Path jar = jar("mine.jar", "Mine", "public String name() { return \"mine\"; }", GOOD);
        with(loader -> assertThat(table.all(loader)).extracting(Thing::name).containsExactly("first", "mine"), jar);
        assertThat(table.names()).as("without the jar").containsExactly("first");
    }

    @Test void theLoaderOfTheThreadIsTheOneThatIsAsked() throws IOException {
        Path jar = jar("mine.jar", "Mine", "public String name() { return \"mine\"; }", GOOD);
        ClassLoader usual = Thread.currentThread().getContextClassLoader();
        with(loader -> {
            Thread.currentThread().setContextClassLoader(loader);
            try {
                assertThat(table.find("mine")).isPresent();
            } finally {
                Thread.currentThread().setContextClassLoader(usual);
            }
        }, jar);
        assertThat(table.find("mine")).isEmpty();
    }

    @Test void aJarThatDoesNotSayItsVersionIsRefused() throws IOException {
        refused(jar("mine.jar", "Mine", "public String name() { return \"mine\"; }", null), "has no " + DESCRIPTOR);
        refused(jar("text.jar", "Mine", "public String name() { return \"mine\"; }", "weft"), "cannot be read");
    }

    @Test void aJarOfAnotherVersionIsRefusedBeforeItsClassesAreLoaded() throws IOException {
        refused(jar("old.jar", "Old", "static { System.setProperty(\"weft.test.loaded\", \"yes\"); }"
                + " public String name() { return \"old\"; }", "{\"name\": \"old\", \"weft\": \"0.0\"}"),
                "built for Weft 0.0, and this is " + ExtensionJar.VERSION);
        assertThat(System.getProperty("weft.test.loaded")).isNull();
    }

    @Test void aClassThatCannotBeMadeIsRefused() throws IOException {
        refused(jar("throws.jar", "Throws", "public Throws() { throw new IllegalStateException(\"no disk\"); }"
                + " public String name() { return \"throws\"; }", GOOD), "no disk");
        refused(jar("static.jar", "Fails", "static final int N = Integer.parseInt(\"x\");"
                + " public String name() { return \"fails\"; }", GOOD), "does not fit this Weft");
        refused(jar("hidden.jar", "Hidden", "private Hidden() {} public String name() { return \"hidden\"; }", GOOD),
                "has no public constructor");
        refused(jar("nameless.jar", "Nameless", "public String name() { return null; }", GOOD), "has no name");
        refused(jar("angry.jar", "Angry", "public String name() { throw new RuntimeException(\"why\"); }", GOOD),
                "cannot say its name");
    }

    @Test void aClassThatDoesNotLinkIsRefused() throws IOException {
        Path jar = jar("gone.jar", "Gone", "static class Helper { String name() { return \"x\"; } }"
                + " private final Helper helper = new Helper();"
                + " public String name() { return helper.name(); }", GOOD, "Gone$Helper.class");
        refused(jar, "Gone");
        refused(jar("empty.jar", "Empty", "public String name() { return \"\"; }", GOOD, "Empty.class"),
                "a class that is not in it, Empty");
    }

    @Test void aNameThatIsTakenIsRefused() throws IOException {
        refused(jar("first.jar", "Again", "public String name() { return \"first\"; }", GOOD), "is called first");
        Path one = jar("one.jar", "One", "public String name() { return \"one\"; }", GOOD),
                two = jar("two.jar", "Two", "public String name() { return \"one\"; }", GOOD);
        with(loader -> assertThatThrownBy(() -> table.all(loader)).isInstanceOf(UserError.class)
                .hasMessageContaining("two.jar").hasMessageContaining("is called one, as One is"), one, two);
    }

    private void refused(Path jar, String reason) throws IOException {
        with(loader -> assertThatThrownBy(() -> table.all(loader)).isInstanceOf(UserError.class)
                .hasMessageContaining(jar.toString()).hasMessageContaining(reason), jar);
    }

    private interface Body {
        void run(ClassLoader loader);
    }

    private static void with(Body body, Path... jars) throws IOException {
        URL[] urls = new URL[jars.length];
        for (int i = 0; i < jars.length; i++) {
            urls[i] = jars[i].toUri().toURL();
        }
        try (var loader = new URLClassLoader(urls, OpenTableTest.class.getClassLoader())) {
            body.run(loader);
        }
    }

    /** A jar with one class. @param descriptor null for none  @param missing files that are left out of it */
    private Path jar(String name, String type, String body, String descriptor, String... missing) throws IOException {
        Path classes = Files.createDirectory(folder.resolve(name + "-classes")),
                source = classes.resolve(type + ".java");
        Files.writeString(source, "public class " + type + " implements " + Thing.class.getCanonicalName() + " { "
                + body + " }");
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, "-cp",
                Path.of(URI.create(Thing.class.getProtectionDomain().getCodeSource().getLocation().toString()))
                .toString(),
                "-d", classes.toString(), source.toString())).isZero();
        Path jar = folder.resolve(name);
        try (var out = new JarOutputStream(Files.newOutputStream(jar)); Stream<Path> made = Files.list(classes)) {
            for (Path file : made.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !List.of(missing).contains(file.getFileName().toString())).toList()) {
                put(out, file.getFileName().toString(), Files.readAllBytes(file));
            }
            put(out, "META-INF/services/" + Thing.class.getName(), (type + "\n").getBytes(StandardCharsets.UTF_8));
            if (descriptor != null) {
                put(out, DESCRIPTOR, descriptor.getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }

    private static void put(JarOutputStream out, String name, byte[] bytes) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(bytes);
        out.closeEntry();
    }
}
