package io.weft.rating.judge;

import io.weft.data.Message;
import java.util.List;
import java.util.Optional;

/** A model that judges, wherever it is. */
@FunctionalInterface
public interface AskedModel {
    /** What it says to each, in their order; empty where it does not answer that one. */
    List<Optional<String>> answer(List<List<Message>> questions);
}
