package io.weft.settings;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Optional;

/** A word of a closed set: an enum's constant, and how recipes and JSON files spell it. */
public interface Word {
    /** An enum has it already. */
    String name();

    /** The constant's name in camel case: {@code CUT_END} is "cutEnd". */
    @JsonValue default String word() {
        var word = new StringBuilder();
        for (int i = 0; i < name().length(); i++) {
            char c = name().charAt(i);
            if (c != '_') {
                word.append(i > 0 && name().charAt(i - 1) == '_' ? c : Character.toLowerCase(c));
            }
        }
        return word.toString();
    }

    /** The constant that a word stands for. */
    static <E extends Enum<E> & Word> Optional<E> named(Class<E> type, String word) {
        return Arrays.stream(type.getEnumConstants()).filter(constant -> constant.word().equals(word)).findFirst();
    }
}
