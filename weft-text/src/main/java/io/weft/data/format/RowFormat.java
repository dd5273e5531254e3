package io.weft.data.format;

import io.weft.data.Place;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import java.util.List;

/**
 * What a row's fields mean: a function from the fields to a {@link Sample}, with a name; {@code data.format} in a
 * recipe. A new one is a class and a line in {@link RowFormats#BUILT_IN}.
 */
public interface RowFormat {
    /** The word of recipes and manifests. */
    String name();

    /** Fields that every row has; by those of its rows a file's format is told. */
    List<String> required();

    /** The fields for a reader: {@code instruction, input (may be missing), output}. */
    default String shape() { return String.join(", ", required()); }

    /** The kind of sample that its rows become. */
    Class<? extends Sample> gives();

    /**
     * True when the rows are whole rows of another format with a mark on them. Then the fields alone do not tell it: it
     * is taken for the file's format where its kind of sample is asked for, and the other one elsewhere.
     */
    default boolean marksOtherRows() { return false; }

    /** How prompts are built when {@code data.prompt} is auto. */
    PromptStyle usualPrompt();

    /**
     * The sample of a row. What is wrong with the row is noted in the fields; what is returned then is not used.
     *
     * @param style how an instruction and its input become a prompt, see {@link PromptStyle#build}
     */
    Sample read(Fields fields, PromptStyle style, Place place);
}
