package io.weft.app.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static io.weft.problem.Language.say;

/** The variables that the launcher sets because they cannot be set in a running JVM: threads, BLAS and malloc. */
final class LaunchEnvironment {
    private LaunchEnvironment() {}

    static Finding check() {
        return check(System.getenv(), System.getProperty("os.name").equals("Linux"),
                System.getProperty("os.arch").equals("amd64"));
    }

    static Finding check(Map<String, String> environment, boolean linux, boolean intel) {
        List<String> wanted = new ArrayList<>(List.of("OMP_NUM_THREADS"));
        boolean passive = !environment.getOrDefault("OMP_WAIT_POLICY", "").isEmpty();
        wanted.addAll(!linux || !intel ? List.of("OMP_WAIT_POLICY") : passive
                ? List.of("MKL_THREADING_LAYER", "OMP_WAIT_POLICY") : List.of("MKL_THREADING_LAYER", "GOMP_SPINCOUNT"));
        if (linux) {
            wanted.addAll(List.of("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"));
        }
        String title = say("environment");
        List<String> missing = wanted.stream().filter(name -> environment.getOrDefault(name, "").isEmpty()).toList();
        if (!missing.isEmpty()) {
            return Finding.warn("environment", title, say("not set: %s", String.join(", ", missing)),
                    say("start by the weft launcher; without them training can be several times slower"));
        }
        return Finding.ok("environment", title,
                say("the launcher's is in force: %s",
                String.join(", ", wanted.stream().map(name -> name + "=" + environment.get(name)).toList())));
    }
}
