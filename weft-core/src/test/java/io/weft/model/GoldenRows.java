package io.weft.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Example;
import io.weft.data.ExampleGroup;
import io.weft.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The golden files' padded batches as what Weft computes with: rows without padding. */
public final class GoldenRows {
    private static final int IGNORED = -100;

    private GoldenRows() {}

    /** Rows of a 2-dimensional tensor. */
    public static int[][] rows(Tensor tensor) {
        int[] flat = tensor.toInts();
        int width = (int) tensor.size(1);
        int[][] rows = new int[flat.length / width][];
        Arrays.setAll(rows, row -> Arrays.copyOfRange(flat, row * width, (row + 1) * width));
        return rows;
    }

    /** The ids of one row without its padding. */
    public static int[] unpadded(Map<String, Tensor> golden, String ids, String mask, int row) {
        int[] all = rows(golden.get(ids))[row], kept = rows(golden.get(mask))[row];
        return IntStream.range(0, all.length).filter(i -> kept[i] == 1).map(i -> all[i]).toArray();
    }

    /** Rows as examples; what is labelled is trained. @param mask null when nothing is padded */
    public static List<Example> examples(Map<String, Tensor> golden, String ids, String labels, String mask) {
        int[][] allIds = rows(golden.get(ids)), allLabels = rows(golden.get(labels));
        int[][] masks = mask == null ? null : rows(golden.get(mask));
        List<Example> examples = new ArrayList<>();
        for (int row = 0; row < allIds.length; row++) {
            int current = row;
            int[] kept = IntStream.range(0, allIds[row].length).filter(i -> masks == null || masks[current][i] == 1)
                    .toArray();
            examples.add(example(Arrays.stream(kept).map(i -> allIds[current][i]).toArray(),
                    Arrays.stream(kept).map(i -> allLabels[current][i]).toArray()));
        }
        return examples;
    }

    public static Example example(int[] ids, int[] labels) {
        boolean[] trained = new boolean[ids.length];
        for (int i = 0; i < ids.length; i++) {
            trained[i] = labels[i] != IGNORED;
        }
        return new Example(ids, trained);
    }

    /** What Weft calls a parameter of a PEFT model. */
    public static String parameter(String name) {
        return name.replace("base_model.model.", "").replace(".default", "").replace(".modules_to_save", "")
                .replace("lora_magnitude_vector.weight", "lora_magnitude_vector");
    }

    /** A preference as goldens of TRL hold it: the chosen answer, then the rejected one. */
    public static ExampleGroup pair(JsonNode row) {
        return new ExampleGroup(List.of(answer(row, "chosen_ids"), answer(row, "rejected_ids")));
    }

    /** Prompt and answer; the answer is trained. @param answer the key of its ids */
    public static Example answer(JsonNode row, String answer) {
        int prompt = row.path("prompt_ids").size();
        int[] ids = Stream.of("prompt_ids", answer).flatMap(part -> StreamSupport.stream(row.path(part).spliterator(),
                false)).mapToInt(JsonNode::asInt).toArray();
        boolean[] trained = new boolean[ids.length];
        Arrays.fill(trained, prompt, ids.length, true);
        return new Example(ids, trained);
    }
}
