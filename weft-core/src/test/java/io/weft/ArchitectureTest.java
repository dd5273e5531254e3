package io.weft;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/** The arrows between packages, as docs/architecture.md draws them. */
final class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar")).importPackages("io.weft");
    /**
     * What each package may import by an arrow of its own; what these may import, it may too. Every package may import
     * problem and file, and the two only each other in that order.
     */
    private static final Map<String, Set<String>> ARROWS = arrows();

    private static Map<String, Set<String>> arrows() {
        Map<String, Set<String>> arrows = new LinkedHashMap<>();
        arrows.put("jinja", Set.of());
        arrows.put("extension", Set.of());
        arrows.put("settings", Set.of("extension"));
        arrows.put("data", Set.of("settings", "jinja"));
        arrows.put("page", Set.of("jinja"));
        arrows.put("data.read", Set.of("data"));
        arrows.put("data.format", Set.of("data.read"));
        arrows.put("data.clean", Set.of("data.format"));
        arrows.put("data.mend", Set.of("data.clean", "data.augment"));
        arrows.put("data.split", Set.of("data.mend"));
        arrows.put("data.prepare", Set.of("data.split", "data.mend.step", "page"));
        arrows.put("data.check", Set.of("data.prepare"));
        arrows.put("data.check.rule", Set.of("data.check"));
        arrows.put("data.check.report", Set.of("data.check.rule"));
        arrows.put("token.read", Set.of());
        arrows.put("token.chat", Set.of("data", "jinja", "token.read"));
        arrows.put("token", Set.of("token.chat", "token.read"));
        arrows.put("token.answer", Set.of("token"));
        arrows.put("token.form", Set.of("token"));
        arrows.put("token.tool", Set.of("token.chat"));
        arrows.put("token.encode", Set.of("token.answer", "token.tool"));
        arrows.put("metric.bootstrap", Set.of());
        arrows.put("metric.form", Set.of());
        arrows.put("metric", Set.of("jinja", "metric.bootstrap"));
        arrows.put("metric.agreement", Set.of("metric.bootstrap"));
        arrows.put("hub", Set.of());
        arrows.put("data.personal", Set.of("data"));
        arrows.put("data.augment", Set.of("data"));
        arrows.put("data.review", Set.of("data.clean"));
        arrows.put("data.mend.step", Set.of("data.mend", "data.personal", "data.augment", "data.review"));
        arrows.put("endpoint", Set.of("data", "hub"));
        arrows.put("tensor", Set.of());
        arrows.put("nn", Set.of("tensor"));
        arrows.put("nn.block", Set.of("nn"));
        arrows.put("nn.quant", Set.of("nn"));
        arrows.put("model", Set.of("nn.block", "nn.quant", "settings"));
        arrows.put("model.family", Set.of("model"));
        arrows.put("model.folder", Set.of("model.family"));
        arrows.put("tune.lora", Set.of("nn", "settings"));
        arrows.put("tune.prompt", Set.of("nn"));
        arrows.put("tune", Set.of("tune.lora", "tune.prompt"));
        arrows.put("reward", Set.of("settings"));
        arrows.put("objective", Set.of("nn", "model.folder", "tune", "data", "token.encode"));
        arrows.put("objective.grpo", Set.of("objective", "generate", "reward"));
        arrows.put("objective.preference", Set.of("objective"));
        arrows.put("train", Set.of("objective.preference", "objective.grpo", "run", "model.folder"));
        arrows.put("run", Set.of("model", "tune"));
        arrows.put("generate", Set.of("nn", "token.answer", "token.form"));
        arrows.put("evaluate.marked", Set.of("metric", "page"));
        arrows.put("evaluate.stage", Set.of("evaluate"));
        arrows.put("evaluate.sample", Set.of("run", "data"));
        arrows.put("evaluate", Set.of("evaluate.sample", "evaluate.marked", "rating", "objective", "run", "generate",
                "metric", "metric.form", "page"));
        arrows.put("rating", Set.of("evaluate.sample", "metric.agreement", "page"));
        arrows.put("rating.judge", Set.of("rating", "endpoint"));
        arrows.put("export", Set.of("model.folder", "tune"));
        arrows.put("estimate", Set.of("train"));
        arrows.put("recipe", Set.of("train", "data.prepare"));
        arrows.put("feedback", Set.of("evaluate.sample", "rating", "data.prepare"));
        arrows.put("diagnose", Set.of("recipe", "evaluate.sample"));
        arrows.put("diagnose.rule", Set.of("diagnose"));
        arrows.put("compare", Set.of("evaluate", "recipe"));
        arrows.put("prompt", Set.of("evaluate", "data.prepare"));
        arrows.put("resume", Set.of("recipe"));
        arrows.put("answering", Set.of("loaded", "endpoint", "data.prepare"));
        arrows.put("loaded", Set.of("resume", "generate", "export", "hub"));
        arrows.put("", Set.of("answering", "loaded", "evaluate.stage", "compare", "export", "prompt", "rating.judge",
                "diagnose.rule", "feedback", "data.check.report", "estimate"));
        return arrows;
    }

    @Test
    void packagesImportOnlyAlongTheArrows() {
        List<String> wrong = new ArrayList<>();
        for (JavaClass each : CLASSES) {
            String from = packageOf(each);
            Set<String> allowed = reach(from);
            each.getDirectDependenciesFromSelf().stream().map(dependency -> dependency.getTargetClass())
                    .filter(target -> target.getPackageName().startsWith("io.weft"))
                    .filter(target -> !allowed.contains(packageOf(target)))
                    .forEach(target -> wrong.add(each.getName() + " -> " + target.getName()));
        }
        assertThat(wrong.stream().distinct().sorted().collect(Collectors.toList())).isEmpty();
    }

    @Test
    void everyPackageHasItsArrows() {
        assertThat(CLASSES.stream().map(ArchitectureTest::packageOf).collect(Collectors.toSet())).isEqualTo(all());
    }

    @Test
    void onlyTheTensorPackageKnowsLibtorch() {
        noClasses().that().resideOutsideOfPackage("io.weft.tensor").should().dependOnClassesThat()
                .resideInAPackage("org.bytedeco..").check(CLASSES);
    }

    @Test
    void onlyTheTokenPackageKnowsTheTokenizerLibrary() {
        noClasses().that().resideOutsideOfPackage("io.weft.token.read").should().dependOnClassesThat()
                .resideInAPackage("ai.djl..").check(CLASSES);
    }

    @Test
    void noClassIsNamedForWantOfAName() {
        assertThat(CLASSES.stream().map(JavaClass::getSimpleName)
                .filter(name -> name.matches(".*(Utils?|Helper|Manager|Impl)|Abstract.*"))).isEmpty();
    }

    private static Set<String> all() {
        Set<String> all = new TreeSet<>(ARROWS.keySet());
        all.addAll(Set.of("problem", "file"));
        return all;
    }

    private static String packageOf(JavaClass each) {
        return each.getPackageName().equals("io.weft") ? "" : each.getPackageName().substring("io.weft.".length());
    }

    /** A package, and everything that it may import. */
    private static Set<String> reach(String from) {
        Set<String> reached = new TreeSet<>(List.of(from, "problem"));
        if (!from.equals("problem")) {
            reached.add("file");
        }
        ARROWS.getOrDefault(from, Set.of()).forEach(to -> reached.addAll(reach(to)));
        return reached;
    }

    @Test
    void noLineIsLongerThan120Columns() throws IOException {
        List<String> wide = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            for (Path file : files.filter(each -> each.toString().endsWith(".java")).sorted().toList()) {
                List<String> lines = Files.readAllLines(file);
                for (int i = 0; i < lines.size(); i++) {
                    if (lines.get(i).codePointCount(0, lines.get(i).length()) > 120) {
                        wide.add(file + ":" + (i + 1));
                    }
                }
            }
        }
        assertThat(wide).isEmpty();
    }
}
