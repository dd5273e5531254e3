package io.weft.diagnose;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.problem.Translatable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Something that is wrong with a run. Kind, figures and changes do not depend on a language; sentences are made of them
 * where they are printed.
 *
 * @param rule    name of the one that found it  @param symptom row of the tutorial's table  @param title of the rule
 * @param figures what was seen, by name: Long, Double or String
 * @param changes settings as a command line takes them, and commands
 */
public record Finding(String rule, Symptom symptom, Translatable title, Cause cause, Severity severity,
        Map<String, Object> figures, List<String> changes) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public Finding {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        changes = List.copyOf(changes);
    }

    /** Such as "loss.flat:warmup". */
    public String kind() { return rule + ":" + cause.word(); }

    /** What was seen, with its figures. */
    public String saw() { return cause.saw(figures.values()); }

    /** The likely cause. */
    public String why() { return cause.why().toString(); }

    /** For scripts; the sentences are in the language of the process. */
    public ObjectNode json() {
        ObjectNode node = JSON.createObjectNode().put("kind", rule).put("cause", cause.word())
                .put("row", symptom.word()).put("severity", severity.word());
        node.set("figures", JSON.valueToTree(figures));
        node.put("saw", saw()).put("why", why());
        changes.forEach(node.putArray("changes")::add);
        return node;
    }
}
