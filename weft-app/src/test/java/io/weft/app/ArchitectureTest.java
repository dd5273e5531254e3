package io.weft.app;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/** The house as a whole: the app's rooms, and of all modules the circles and the sizes of packages. */
final class ArchitectureTest {
    private static final int MOST_FILES = 25;
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar")).importPackages("io.weft");
    /** Which of the app's packages each may import; all may import the library. */
    private static final Map<String, Set<String>> ROOMS = Map.ofEntries(Map.entry("terminal", Set.of()),
            Map.entry("watch", Set.of("terminal")), Map.entry("doctor", Set.of()), Map.entry("http.key", Set.of()),
            Map.entry("http.metric", Set.of()), Map.entry("http", Set.of("http.key", "http.metric")),
            Map.entry("api", Set.of("http")), Map.entry("serve", Set.of("http", "api", "http.key", "http.metric")),
            Map.entry("rate", Set.of("http", "http.key")), Map.entry("quickstart", Set.of()),
            Map.entry("option", Set.of("terminal")), Map.entry("command", Set.of("terminal", "watch", "doctor",
            "http", "api", "serve", "rate", "quickstart", "option")), Map.entry("", Set.of("command", "terminal")));

    @Test
    void theAppsRoomsKnowEachOtherOnlyAlongTheArrows() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass each : CLASSES) {
            room(each).ifPresent(from -> each.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(target -> room(target).filter(to -> !to.equals(from) && !ROOMS.get(from).contains(to))
                    .isPresent()).forEach(target -> wrong.add(each.getName() + " -> " + target.getName())));
        }
        assertThat(wrong).isEmpty();
        assertThat(CLASSES.stream().flatMap(each -> room(each).stream()).distinct())
                .containsExactlyInAnyOrderElementsOf(ROOMS.keySet());
    }

    @Test
    void theLibraryDoesNotKnowTheApp() {
        noClasses().that().resideOutsideOfPackages("io.weft.app..", "io.weft.base..").should().dependOnClassesThat()
                .resideInAPackage("io.weft.app..").check(CLASSES);
    }

    @Test
    void whatTheAppAloneBringsStaysInItsRooms() {
        noClasses().that().resideOutsideOfPackages("io.weft.app.http", "io.weft.app.api", "io.weft.app.serve",
                "io.weft.app.rate").should().dependOnClassesThat()
                .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..", "ch.qos.logback..").check(CLASSES);
        noClasses().that().resideOutsideOfPackage("io.weft.app.terminal").should().dependOnClassesThat()
                .resideInAPackage("org.jline..").check(CLASSES);
        noClasses().that().resideOutsideOfPackage("io.weft.app.watch").should().dependOnClassesThat()
                .resideInAPackage("org.knowm.xchart..").check(CLASSES);
        noClasses().that().resideOutsideOfPackages("io.weft.app.command", "io.weft.app.option",
                "io.weft.app.terminal").should().dependOnClassesThat().resideInAPackage("picocli..").check(CLASSES);
    }

    /**
     * A circle that is meant, such as a sealed family, has a line with the name of one of its classes in
     * docs/circles.txt. Jinja's grammar is recursive.
     */
    @Test
    void noClassesOfDifferentFilesDependOnEachOtherInACircle() throws IOException {
        Path excused = Path.of("../docs/circles.txt");
        Set<String> meant = Files.exists(excused) ? Set.of(Files.readString(excused).split("\\s+")) : Set.of();
        Collection<Set<String>> all = circles(graph());
        assertThat(all).as("what finds circles").anyMatch(circle -> circle.contains("io.weft.jinja.Expression"));
        assertThat(all.stream().filter(circle -> circle.stream().noneMatch(name -> name.startsWith("io.weft.jinja.")
                || meant.contains(name) || meant.contains(name.substring(name.lastIndexOf('.') + 1))))).isEmpty();
    }

    @Test
    void aPackageIsReadableAtASitting() throws IOException {
        Map<String, Integer> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(Path.of(".."))) {
            all.map(Path::toString).filter(file -> file.contains("/src/main/java/") && file.endsWith(".java"))
                    .forEach(file -> files.merge(file.substring(0, file.lastIndexOf('/')), 1, Integer::sum));
        }
        assertThat(files).isNotEmpty();
        files.keySet().removeIf(name -> name.endsWith("/jinja"));
        assertThat(files).allSatisfy((name, count) -> assertThat(count).as(name).isLessThanOrEqualTo(MOST_FILES));
    }

    private static Optional<String> room(JavaClass each) {
        String name = each.getPackageName();
        return !name.equals("io.weft.app") && !name.startsWith("io.weft.app.") ? Optional.empty()
                : Optional.of(name.substring(Math.min(name.length(), "io.weft.app.".length())));
    }

    /** The files that each file needs, nested classes counted with their file. */
    private static Map<String, Set<String>> graph() {
        Map<String, Set<String>> graph = new LinkedHashMap<>();
        for (JavaClass each : CLASSES) {
            String from = file(each);
            Set<String> needs = graph.computeIfAbsent(from, name -> new TreeSet<>());
            each.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> file(dependency.getTargetClass().getBaseComponentType()))
                    .filter(to -> to.startsWith("io.weft.") && !to.equals(from)).forEach(needs::add);
        }
        return graph;
    }

    private static String file(JavaClass each) { return each.getName().replaceFirst("\\$.*", ""); }

    /** The groups of files that reach each other (Tarjan 1972), without recursion: the graph is deep. */
    private static Collection<Set<String>> circles(Map<String, Set<String>> graph) {
        Map<String, Integer> number = new HashMap<>(), lowest = new HashMap<>();
        Deque<String> open = new ArrayDeque<>();
        Set<String> isOpen = new HashSet<>();
        List<Set<String>> circles = new ArrayList<>();
        for (String root : graph.keySet()) {
            Deque<String> path = new ArrayDeque<>(number.containsKey(root) ? List.of() : List.of(root));
            Map<String, Deque<String>> left = new HashMap<>();
            while (!path.isEmpty()) {
                String at = path.peek();
                if (!number.containsKey(at)) {
                    number.put(at, number.size());
                    lowest.put(at, number.get(at));
                    open.push(at);
                    isOpen.add(at);
                    left.put(at, graph.getOrDefault(at, Set.of()).stream()
                            .collect(Collectors.toCollection(ArrayDeque::new)));
                }
                String next = left.get(at).poll();
                if (next != null && !number.containsKey(next)) {
                    path.push(next);
                } else if (next != null) {
                    lowest.merge(at, isOpen.contains(next) ? number.get(next) : Integer.MAX_VALUE, Math::min);
                } else {
                    path.pop();
                    if (!path.isEmpty()) {
                        lowest.merge(path.peek(), lowest.get(at), Math::min);
                    }
                    if (lowest.get(at).equals(number.get(at))) {
                        Set<String> circle = new TreeSet<>();
                        do {
                            circle.add(open.peek());
                            isOpen.remove(open.peek());
                        } while (!open.pop().equals(at));
                        if (circle.size() > 1) {
                            circles.add(circle);
                        }
                    }
                }
            }
        }
        return circles;
    }
}
