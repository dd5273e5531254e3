package io.weft.base;

/**
 * A training setting that requests ask for, beside the fact that puts it into words. One kind only: more make the
 * quickstart longer, because the base has to learn which words mean which key.
 */
enum RequestedSetting {
    EPOCHS("epochs", Fact.EPOCHS);

    private final String key;
    private final Fact fact;

    RequestedSetting(String key, Fact fact) {
        this.key = key;
        this.fact = fact;
    }

    /** Its key in a recipe's section {@code train}. */
    String key() { return key; }

    Fact fact() { return fact; }

    static RequestedSetting asked(Draw draw) { return draw.of(values()); }
}
