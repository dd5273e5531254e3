package io.weft.data.clean;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.data.format.Fields;
import io.weft.data.format.RowFormat;
import io.weft.data.format.RowFormats;
import io.weft.data.read.Outcome;
import io.weft.data.read.Rejected;
import io.weft.data.read.Row;
import io.weft.data.read.RowProblem;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import static io.weft.problem.Language.say;

/**
 * Turns rows into samples and says what it would not take, and why: a field missing, null, no text or blank, or
 * half a character. Nothing is repaired and nothing dropped in silence; a row with control characters is kept and
 * flagged. What only several rows together show (duplicates, contradictions) is found by {@link Repeats}.
 */
public final class Cleaner {
    private final RowFormat format;
    private final PromptStyle style;
    private final Set<String> asked;
    private final Map<String, Integer> unused = new TreeMap<>();

    public Cleaner(RowFormat format, PromptStyle style) { this(format, style, Set.of()); }

    /** @param asked fields whose values are kept beside the samples, whether the format reads them or not */
    public Cleaner(RowFormat format, PromptStyle style, Set<String> asked) {
        this.format = format;
        this.style = style;
        this.asked = asked;
    }

    public Outcome<Kept> clean(Row row) {
        var fields = new Fields(row.fields());
        Sample sample = format.read(fields, style, row.place());
        if (fields.problems().isEmpty()) {
            count(fields);
            return Outcome.of(new Kept(row.number(), sample, fields.flags(), asked.isEmpty() ? Map.of() : values(row)));
        }
        Optional<RowFormat> other = otherFormat(row);
        String reason = fields.problems().get(0).reason();
        String detail = fields.problems().stream().map(RowProblem::text).distinct().collect(Collectors.joining("; "));
        if (other.isPresent()) {
            String name = other.get().name();
            reason = "other_format:" + name;
            detail += say("; it has the fields of format %s, and the file is read as %s", name, format.name());
        } else {
            count(fields);
        }
        return Outcome.rejected(new Rejected(row.place(), reason, detail, row.fields().toString()));
    }

    private Map<String, String> values(Row row) {
        Map<String, String> values = new TreeMap<>();
        for (String name : asked) {
            JsonNode value = row.fields().get(name);
            if (value != null && !value.isNull()) {
                values.put(name, value.isValueNode() ? value.asText() : value.toString());
            }
        }
        return values;
    }

    private void count(Fields fields) {
        fields.unused().stream().filter(name -> !asked.contains(name))
                .forEach(name -> unused.merge(name, 1, Integer::sum));
    }

    /** The format whose fields the row has, where it has none of this one's. */
    private Optional<RowFormat> otherFormat(Row row) {
        var fields = new Fields(row.fields());
        return format.required().stream().anyMatch(fields::has) ? Optional.empty() : RowFormats.all().stream()
                .filter(other -> !other.marksOtherRows() && other.required().stream().allMatch(fields::has))
                .findFirst();
    }

    /** Fields that the format does not read, with the number of rows that have them. */
    public Map<String, Integer> unused() { return unused; }
}
