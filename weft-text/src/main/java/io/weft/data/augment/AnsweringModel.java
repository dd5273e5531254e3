package io.weft.data.augment;

import java.util.List;
import java.util.Optional;

/** A model that answers, wherever it runs. What it answered once it answers again without cost. */
public interface AnsweringModel extends AutoCloseable {
    /**
     * @param questions of a user, each on its own
     * @param greedy    the likeliest words, and few of them: for a yes or a no
     * @param take      which of several answers to the same question, from 0
     * @return an answer to each, in their order; empty where it does not answer that one
     */
    List<Optional<String>> answer(List<String> questions, boolean greedy, int take);

    @Override void close();
}
