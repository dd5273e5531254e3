package io.weft.recipe;

import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What checks and findings advise can be written as it stands. */
class RemediesTest {
    private static final Pattern KEY = Pattern.compile("\"((?:data|train|tuning)\\.[a-zA-Z.]*[a-zA-Z])=([^\" ]*)");
    private static final Pattern REFUSED = Pattern.compile("no such|there is no|not a ");

    @Test void everyRemedyIsASettingOfARecipe() throws IOException {
        Set<String> settings = new TreeSet<>();
        for (String place : Set.of("../weft-text/src/main/java/io/weft/data/check",
                "src/main/java/io/weft/diagnose")) {
            settings.addAll(settings(Path.of(place)));
        }
        for (String word : Set.of("control", "invisible", "mojibake", "html")) {
            settings.add("data.mend.clean." + word + "=true");
        }
        assertThat(settings).hasSizeGreaterThan(15);
        assertThat(settings.stream().filter(RemediesTest::isUnknown)).isEmpty();
        assertThat(isUnknown("data.mend.polish=true")).as("what is unknown is found").isTrue();
    }

    private static Set<String> settings(Path sources) throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
                Matcher key = KEY.matcher(Files.readString(file));
                while (key.find()) {
                    found.add(key.group(1) + "=" + key.group(2).replaceAll("%%?[.0-9]*[a-z]", "1"));
                }
            }
        }
        return found;
    }

    private static boolean isUnknown(String setting) {
        try {
            Recipe.parse("model: base\ndata: {train: rows.jsonl}\n").with(setting);
            return false;
        } catch (UserError e) {
            return REFUSED.matcher(e.getMessage()).find();
        }
    }
}
