package io.weft;

import io.weft.data.Conversation;
import io.weft.data.ExampleGroup;
import io.weft.data.PromptStyle;
import io.weft.data.Sample;
import io.weft.loaded.LoadedModel;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.objective.BlockWalk;
import io.weft.recipe.Recipe;
import io.weft.run.RunEvent.Warned;
import io.weft.token.ChatForms;
import io.weft.token.encode.ConversationEncoder;
import io.weft.token.encode.PromptFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a model is asked in a form that it does not know: the loss of a few rows with the run's prompts beside that
 * in the model's own chat template, before anything is tuned. Takes two short forward passes. Belongs to the thread of
 * the model.
 */
record PromptProbe(Recipe recipe, ModelFolder base, CausalLm model, PromptFormat wording) {
    /** Enough to see a large difference, and less than most optimizer steps hold. */
    private static final int MOST_ROWS = 8, MOST_TOKENS = 512;
    /** A loss that is higher by so much, in nats and as a share, is far higher. */
    private static final double NATS = 0.4, SHARE = 0.2;

    /** What there is to tell. @param rows that the run trains on */
    Optional<Warned> told(List<? extends Sample> rows) {
        if (wording.style() == PromptStyle.TEMPLATE || !recipe.train().objective().isLikelihood()
                || !base.hasWeights() || ChatForms.of(base.texts().template()).isEmpty()) {
            return Optional.empty();
        }
        PromptFormat own = LoadedModel.promptFormat(base, PromptStyle.TEMPLATE, recipe.data());
        try (var tokenizer = own.tokenizer()) {
            List<ExampleGroup> asked = new ArrayList<>(), template = new ArrayList<>();
            int tokens = 0;
            for (int i = 0; i < rows.size() && i < MOST_ROWS && (tokens < MOST_TOKENS || i < 2); i++) {
                if (rows.get(i) instanceof Conversation row) {
                    List<ExampleGroup> one = encoded(wording.encoder(), row), other = encoded(own.encoder(), row);
                    if (!one.isEmpty() && !other.isEmpty()) {
                        asked.addAll(one);
                        template.addAll(other);
                        tokens += one.get(0).length();
                    }
                }
            }
            return asked.isEmpty() ? Optional.empty() : told(asked, template);
        }
    }

    private static List<ExampleGroup> encoded(ConversationEncoder encoder, Conversation row) {
        return encoder.another().encode(row);
    }

    private Optional<Warned> told(List<ExampleGroup> asked, List<ExampleGroup> template) {
        double loss = loss(asked), own = loss(template);
        return loss - own > Math.max(NATS, SHARE * own) ? Optional.of(Warned.of(0, "prompt.template",
                wording.style().word(), asked.size(), loss, own)) : Optional.empty();
    }

    private double loss(List<ExampleGroup> groups) {
        return new BlockWalk(model).loss(groups, groups.size(), recipe.train().objective(),
                recipe.tuning().isAdapter() ? Adapters.NONE : Adapters.DEFAULT).mean();
    }
}
