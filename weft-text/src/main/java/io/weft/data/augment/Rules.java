package io.weft.data.augment;

import java.util.ArrayList;
import java.util.List;

/** Says instructions otherwise by rules of their language; nothing where no rule knows how a sentence begins. */
public final class Rules {
    private Rules() {}

    /** Every way that a rule knows, in an order that is always the same. */
    public static List<Variant> of(Instruction instruction) {
        List<Variant> variants = new ArrayList<>(Agreement.isChinese(instruction.head())
                ? ChineseRules.of(instruction.head(), instruction.isOpen())
                : EnglishRules.of(instruction.head(), instruction.isOpen()));
        variants.removeIf(variant -> variant.head().equals(instruction.head()));
        return variants;
    }
}
