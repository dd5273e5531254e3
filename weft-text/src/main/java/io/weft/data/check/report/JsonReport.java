package io.weft.data.check.report;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weft.data.Place;
import io.weft.data.check.Example;
import io.weft.data.check.Inspection;
import io.weft.data.check.Verdict;
import io.weft.data.prepare.Manifest;
import io.weft.file.JsonFile;

/** {@code report.json}: kinds, levels and figures, and no sentences, so that it depends on no language. */
public final class JsonReport {
    /** The layout written here. */
    public static final int FORMAT_VERSION = 1;

    private JsonReport() {}

    public static String text(Inspection inspection) {
        try {
            return JsonFile.JSON.writer(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")))
                    .writeValueAsString(json(inspection));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static ObjectNode json(Inspection inspection) {
        Manifest manifest = inspection.data().manifest();
        ObjectNode root = JsonFile.JSON.createObjectNode().put("formatVersion", FORMAT_VERSION)
                .put("level", inspection.level().word()).put("source", manifest.source().file());
        root.putObject("rows").put("read", manifest.counts().read()).put("rejected", manifest.counts().rejected())
                .put("train", manifest.counts().train()).put("heldOut", manifest.counts().heldOut());
        ArrayNode verdicts = root.putArray("verdicts");
        inspection.verdicts().forEach(verdict -> write(verdict, verdicts.addObject()));
        return root;
    }

    private static void write(Verdict verdict, ObjectNode to) {
        to.put("kind", verdict.kind()).put("level", verdict.level().word());
        to.set("figures", JsonFile.JSON.valueToTree(verdict.figures()));
        ArrayNode remedies = to.putArray("remedies"), examples = to.putArray("examples");
        verdict.remedies().forEach(remedies::add);
        verdict.examples().forEach(example -> write(example, examples.addObject()));
    }

    private static void write(Example example, ObjectNode to) {
        write(example.place(), to);
        example.other().ifPresent(other -> write(other, to.putObject("other")));
        example.similarity().ifPresent(similarity -> to.put("similarity", similarity));
        if (!example.found().isEmpty()) {
            to.put("found", example.found());
        }
    }

    private static void write(Place place, ObjectNode to) {
        to.put("file", place.file()).put("line", place.line());
        if (place.row() > 0) {
            to.put("number", place.row());
        }
    }
}
