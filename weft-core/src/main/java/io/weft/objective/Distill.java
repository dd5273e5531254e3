package io.weft.objective;

import io.weft.data.Conversation;
import io.weft.data.Sample;
import io.weft.data.Text;
import io.weft.model.WeightPlacement;
import io.weft.model.folder.ModelFolder;
import io.weft.nn.CausalLm;
import io.weft.problem.UserError;
import io.weft.settings.Section;
import io.weft.settings.Setting;
import io.weft.settings.Values.File;
import io.weft.settings.Values.Number;
import io.weft.settings.Values.OneOf;
import io.weft.settings.Values.WholeNumber;
import io.weft.settings.Word;
import io.weft.token.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

import static io.weft.problem.Language.say;
import static io.weft.problem.Translatable.text;

/**
 * Distillation (Hinton et al. 2015, arXiv:1503.02531): at every target the model learns what a teacher thinks of the
 * next token, beside the token itself. The loss of a target is (1 - weight) times its negative log-likelihood and
 * weight temperature^2 times the divergence of both models over {@link Candidates}, a lower bound of that over all
 * tokens.
 *
 * @param teacher     a model folder; its tokenizer must be that of the model that learns
 * @param weight      of the divergence, from 0 to 1; the target itself has the rest
 * @param divergence  which of the two models the expectation is of
 * @param candidates  so many of the teacher's likeliest tokens are compared one by one, all others as one
 * @param temperature that both models' logits are divided by; above 1 the teacher's less likely tokens count more
 */
public record Distill(String teacher, double weight, Divergence divergence, int candidates, double temperature)
        implements Objective {
    /** Of two distributions. */
    public enum Divergence implements Word {
        /** KL(teacher || model): the model gives weight to all that the teacher does. */
        FORWARD,
        /**
         * KL(model || teacher): the model keeps to what the teacher finds likely (as MiniLLM, Gu et al. 2023,
         * arXiv:2306.08543, there over the model's own answers, here at the targets of the rows).
         */
        REVERSE
    }

    private static final Section<Distill> SECTION = Section.of("distill",
            new Distill("", 0.5, Divergence.FORWARD, 64, 1),
            text("learn what a teacher thinks of each token, beside the token"),
            Setting.of("teacher", new File(text("the folder of a model")),
                    text("the model to learn from, with the same tokenizer")).required("models/teacher"),
            Setting.of("weight", new Number(0, false, 1, false),
                    text("how much the teacher counts; the rows' own tokens have the rest")),
            Setting.of("divergence", OneOf.of(Divergence.class),
                    text("forward: give weight to all that the teacher finds likely; reverse: keep to it")),
            Setting.of("candidates", new WholeNumber(1, 4096),
                    text("so many of the teacher's likeliest tokens are compared one by one, all others as one")),
            Setting.of("temperature", new Number(0, true, 100, false),
                    text("above 1 the teacher's less likely tokens count more")));

    public Distill() { this("", SECTION.defaults().weight, SECTION.defaults().divergence,
            SECTION.defaults().candidates, SECTION.defaults().temperature); }

    @Override public Section<Distill> section() { return SECTION; }

    @Override public Set<Class<? extends Sample>> eats() { return Set.of(Conversation.class, Text.class); }

    /** Only {@link #within} there is a teacher to learn from. */
    @Override public LossSum loss(Targets targets) { throw new IllegalStateException("no teacher was opened"); }

    @Override public float[] gradient(Targets targets) { throw new IllegalStateException("no teacher was opened"); }

    @Override public Map<String, Path> models() { return Map.of("train.objective.distill.teacher", Path.of(teacher)); }

    @Override public Objective locating(UnaryOperator<String> found) {
        return new Distill(found.apply(teacher), weight, divergence, candidates, temperature);
    }

    @Override public Objective within(Surroundings surroundings) { return beside(surroundings.base()); }

    /** With its teacher open. @param base what is tuned */
    Objective beside(ModelFolder base) {
        ModelFolder folder = ModelFolder.open(Path.of(teacher));
        requireSameTokens(base, folder);
        CausalLm model = folder.load(WeightPlacement.MAPPED);
        int vocabulary = Math.min(model.vocabulary(), base.outline().vocabulary());
        return new Opened(this, new Teacher(model, candidates, temperature, vocabulary));
    }

    private void requireSameTokens(ModelFolder base, ModelFolder other) {
        try (Tokenizer own = Tokenizer.read(base.path()); Tokenizer its = Tokenizer.read(other.path())) {
            int most = Math.max(own.size(), its.size());
            for (int id = 0; id < most; id++) {
                Optional<String> one = own.token(id), two = its.token(id);
                if (!one.equals(two)) {
                    throw UserError.of(say("train.objective.distill.teacher: %s has another tokenizer than %s: token "
                            + "%d is %s there and %s here; take a teacher with the same tokenizer", other.path(),
                            base.path(), id, two.map(Distill::quoted).orElse(say("none")),
                            one.map(Distill::quoted).orElse(say("none"))));
                }
            }
        }
    }

    private static String quoted(String token) { return "'" + token + "'"; }

    /** The objective with its teacher. */
    record Opened(Distill settings, Teacher model) implements Objective {
        @Override public Section<Distill> section() { return SECTION; }

        @Override public Set<Class<? extends Sample>> eats() { return settings.eats(); }

        @Override public Optional<Teacher> taughtBy() { return Optional.of(model); }

        /** That of the forward divergence by the model's log-probabilities is the teacher's probability. */
        @Override public boolean dependsOnLogProbabilities() {
            return settings.divergence == Divergence.REVERSE && settings.weight > 0;
        }

        @Override public LossSum loss(Targets targets) {
            double likelihood = 0, divergence = 0;
            for (int i = 0; i < targets.count(); i++) {
                likelihood -= targets.logProbabilities()[i];
            }
            Candidates asked = targets.candidates();
            for (int i = 0; i < asked.learned().length; i++) {
                double taught = asked.taught()[i], learned = asked.learned()[i];
                double of = settings.divergence == Divergence.FORWARD ? taught - learned : learned - taught;
                double probability = Math.exp(settings.divergence == Divergence.FORWARD ? taught : learned);
                divergence += probability == 0 ? 0 : probability * of;
            }
            int count = targets.count();
            return new LossSum((1 - settings.weight) * likelihood + scale() * divergence, count)
                    .with("nll_loss", likelihood, count).with("kl", divergence, count);
        }

        /** Gradients shrink with the square of the temperature; so both parts weigh alike at any. */
        private double scale() { return settings.weight * settings.temperature * settings.temperature; }

        @Override public float[] gradient(Targets targets) {
            float[] gradient = new float[targets.count()];
            Arrays.fill(gradient, (float) (settings.weight - 1));
            return gradient;
        }

        @Override public float[] candidateGradient(Targets targets) {
            Candidates asked = targets.candidates();
            float[] gradient = new float[asked.taught().length];
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = (float) (scale() * (settings.divergence == Divergence.FORWARD
                        ? -Math.exp(asked.taught()[i]) : reverseSlope(asked.taught()[i], asked.learned()[i])));
            }
            return gradient;
        }

        private static double reverseSlope(double taught, double learned) {
            double own = Math.exp(learned);
            return own == 0 ? 0 : own * (learned - taught + 1);
        }
    }
}
