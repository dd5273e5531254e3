package io.weft.diagnose;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.Language;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the rules say of one run.
 *
 * @param findings the worst first
 * @param unseen   rules that were not looked at, by what the run lacks
 */
public record Diagnosis(Path run, List<Finding> findings, Map<Need, List<Rule>> unseen) {
    public static Diagnosis of(Evidence run, List<Rule> rules) {
        List<Finding> findings = new ArrayList<>();
        Map<Need, List<Rule>> unseen = new LinkedHashMap<>();
        for (Rule rule : rules) {
            Optional<Need> lacking = rule.needs().stream().sorted().filter(need -> !need.isMet(run)).findFirst();
            if (lacking.isPresent()) {
                unseen.computeIfAbsent(lacking.get(), need -> new ArrayList<>()).add(rule);
            } else {
                findings.addAll(rule.look(run));
            }
        }
        findings.sort(Comparator.comparing(Finding::severity).reversed());
        return new Diagnosis(run.folder().path(), List.copyOf(findings), unseen);
    }

    /** What to do so that rules can be looked at, in the language of the process. */
    public String next(Need need) { return Language.current().in((String) need.next().parts().get(0), run); }

    public ObjectNode json() {
        ObjectNode root = new ObjectMapper().createObjectNode().put("formatVersion", 1)
                .put("run", run.toAbsolutePath().normalize().toString());
        findings.forEach(finding -> root.withArray("/findings").add(finding.json()));
        root.withArray("/findings");
        var notLookedAt = root.putArray("notLookedAt");
        unseen.forEach((need, rules) -> rules.forEach(rule -> notLookedAt.addObject().put("kind", rule.name())
                .put("lacks", need.word()).put("next", next(need))));
        return root;
    }
}
