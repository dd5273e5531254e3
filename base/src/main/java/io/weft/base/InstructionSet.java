package io.weft.base;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The bundled instruction set: plain requests in English and Chinese, each with the Weft command or recipe that does
 * it.
 */
public final class InstructionSet {
    /** Rows in the bundled set: with fewer, more visits to each teach the rows rather than the way to answer. */
    public static final int SIZE = 4800;

    /** Seed of the bundled set. */
    public static final long SEED = 42;

    /** Name of the bundled file beside this class. */
    public static final String RESOURCE = "instructions.json";

    private InstructionSet() { }

    /**
     * So many rows; the same seed gives the same ones. No two rows share an answer, so an answer that is held out is
     * nowhere among those trained on.
     */
    public static List<InstructionRow> rows(long seed, int count) {
        var draw = new Draw(seed);
        var rows = new ArrayList<InstructionRow>();
        var answers = new HashSet<String>();
        var requests = new HashSet<String>();
        while (rows.size() < count) {
            var row = Request.any(draw).row(draw);
            if (!answers.contains(row.output()) && requests.add(row.instruction() + "\n" + row.input())) {
                answers.add(row.output());
                rows.add(row);
            }
        }
        return rows;
    }

    /** The rows as a JSON array, one row a line. */
    public static String json(List<InstructionRow> rows) {
        var mapper = new ObjectMapper();
        return rows.stream().map(row -> {
            var fields = new LinkedHashMap<String, String>();
            fields.put("instruction", row.instruction());
            fields.put("input", row.input());
            fields.put("output", row.output());
            try {
                return mapper.writeValueAsString(fields);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }).collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    }
}
