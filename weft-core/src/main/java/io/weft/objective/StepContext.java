package io.weft.objective;

import io.weft.data.ExampleGroup;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import java.util.List;

/** What an objective may look at before a step: the model as it is at this moment. Belongs to the model's thread. */
public interface StepContext {
    /** {@link #step} where nothing is trained: held-out rows are judged. */
    long EVALUATION = -1;

    CausalLm model();

    /** At work in what follows. */
    Adapters adapters();

    /** The number of the step from 0, which stands for all its random draws; {@link #EVALUATION} for none. */
    long step();

    /** [D] The log-probability of the targets of each document together, without a graph and without dropout. */
    double[] logProbabilities(List<ExampleGroup> groups, Adapters through);
}
