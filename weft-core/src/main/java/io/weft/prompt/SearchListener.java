package io.weft.prompt;

/** Follows a search, on its thread. */
@FunctionalInterface
public interface SearchListener {
    SearchListener NONE = step -> {};

    /** A step is done and written down. */
    void at(Step step);

    /**
     * @param kind   what was done, e.g. {@link Trials#LOSSES}
     * @param passes of the search so far, see {@link SearchSettings#budget}
     * @param loss   the lowest loss so far on all rows that prompts are judged by; not a number before there is one
     * @param text   the prompt of that loss; "" for none
     * @param again  whether the step was read from the log of a search that was interrupted
     */
    record Step(String kind, int passes, int budget, double loss, String text, boolean again) {}
}
