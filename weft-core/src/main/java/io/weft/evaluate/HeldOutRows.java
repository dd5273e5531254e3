package io.weft.evaluate;

import io.weft.data.Conversation;
import io.weft.data.ExampleGroup;
import io.weft.data.Labelled;
import io.weft.data.Message;
import io.weft.data.Place;
import io.weft.data.Sample;
import io.weft.metric.LabelSet;
import io.weft.metric.TrainedAnswers;
import io.weft.objective.Objective;
import io.weft.problem.UserError;
import io.weft.token.answer.AnswerText;
import io.weft.token.encode.ConversationEncoder;
import io.weft.token.encode.SetAside;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static io.weft.problem.Language.say;

/**
 * What models are judged on, encoded once, so that each gets the very same.
 *
 * @param objective whose loss they are judged by
 * @param questions to be answered; none where the rows are plain text or no good answer is known
 * @param examples  for the loss: as training encodes them, without those that {@code data.overLength} drops
 * @param origins   of each example; none where nobody asks for them
 * @param rows      how many these are  @param of how many held-out rows there are in all
 * @param trained   what the training rows answer, where these answers could be labels and somebody looked
 */
public record HeldOutRows(Objective objective, List<Question> questions, List<ExampleGroup> examples,
        List<Origin> origins, int rows, int of, Optional<TrainedAnswers> trained) {
    /**
     * Where an example comes from.
     *
     * @param place of its row  @param bytes of what is learned in it, as UTF-8; what a loss of any tokenizer is a loss
     *     of
     */
    public record Origin(Place place, int bytes) {}

    /**
     * A row's last turn to be answered.
     *
     * @param answer    what the row's author answered, told apart as a model's answer is
     * @param ids       of the prompt  @param shortened whether the prompt was too long
     */
    public record Question(Conversation row, AnswerText answer, int[] ids, boolean shortened) {
        /** A question whose author's answer is nothing but words. */
        public Question(Conversation row, int[] ids, boolean shortened) {
            this(row, new AnswerText("", row.answer()), ids, shortened);
        }

        /** What the row's author answered: the words that a model's are compared with. */
        public String expected() { return answer.words(); }

        /** The messages of the prompt, each with its role where there are several. */
        public String promptText() {
            List<Message> messages = row.asked();
            return messages.size() == 1 ? messages.get(0).content()
                    : messages.stream().map(message -> message.role() + ": " + message.content())
                    .collect(Collectors.joining("\n"));
        }
    }

    public HeldOutRows {
        questions = List.copyOf(questions);
        examples = List.copyOf(examples);
        origins = List.copyOf(origins);
    }

    /** Of a run whose training rows nobody looks at. */
    public HeldOutRows(Objective objective, List<Question> questions, List<ExampleGroup> examples, int rows, int of) {
        this(objective, questions, examples, List.of(), rows, of, Optional.empty());
    }

    /** With what the training rows answer, which are read only where the held-out answers could be labels. */
    public HeldOutRows trainedOn(List<? extends Sample> training) {
        return new HeldOutRows(objective, questions, examples, origins, rows, of, labels().map(labels ->
                TrainedAnswers.of(labels, () -> training.stream().map(Sample::wanted).flatMap(Optional::stream)
                .iterator())));
    }

    /**
     * @param objective     that the model was tuned for
     * @param encoder       of the wording that the model was tuned with  @param heldOut one row or more
     * @param contextLength of the model: a prompt leaves an answer the tokens that the settings ask for, or half of the
     *     context
     * @throws UserError when a prompt cannot be made short enough, or the chat template takes none of the rows
     */
    public static HeldOutRows of(Objective objective, ConversationEncoder encoder, List<? extends Sample> heldOut,
            int contextLength, EvaluationSettings settings) {
        List<? extends Sample> rows = heldOut.subList(0,
                Math.min(heldOut.size(), settings.rows().orElse(heldOut.size())));
        int limit = Math.min(settings.promptTokens(),
                contextLength - Math.min(settings.sampling().maxNewTokens(), contextLength / 2));
        ConversationEncoder taking = objective.makesAnswers() ? encoder.asking() : encoder.another();
        if (objective.readout().isOfRows()) {
            return read(objective, taking, rows, heldOut.size());
        }
        List<ExampleGroup> examples = new ArrayList<>();
        List<Origin> origins = new ArrayList<>();
        addAll(rows, taking, examples, origins);
        Set<Place> refused = taking.setAside().stream().map(SetAside::place).collect(Collectors.toSet());
        requireAny(rows.size() - refused.size(), rows, taking);
        List<Question> questions = new ArrayList<>();
        for (Sample row : rows) {
            if (!refused.contains(row.place())) {
                row.wanted().ifPresent(answer -> questions.add(question(encoder, row instanceof Conversation whole
                        ? whole : Conversation.answered(row.asked(), answer, row.place()), limit)));
            }
        }
        return new HeldOutRows(objective, questions, examples, origins, rows.size() - refused.size(), heldOut.size(),
                Optional.empty());
    }

    private static void addAll(List<? extends Sample> rows, ConversationEncoder encoder, List<ExampleGroup> examples,
            List<Origin> origins) {
        List<List<ExampleGroup>> each = encoder.encodeEach(rows);
        for (int i = 0; i < each.size(); i++) {
            for (ExampleGroup group : each.get(i)) {
                examples.add(group);
                origins.add(new Origin(rows.get(i).place(), group.documents().stream().mapToInt(document ->
                        encoder.trainedText(document).getBytes(StandardCharsets.UTF_8).length).sum()));
            }
        }
    }

    /** Where the examples' rows stand, and those of the questions: the rows that this model can be judged on. */
    public Set<Place> places() {
        return Stream.concat(origins.stream().map(Origin::place), questions.stream()
                .map(question -> question.row().place())).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * The questions and the examples of some rows alone, so that models are judged on the same.
     *
     * @param asked rows of questions that stay  @param learned rows of examples that stay
     */
    public HeldOutRows only(Set<Place> asked, Set<Place> learned) {
        List<Integer> kept = IntStream.range(0, examples.size()).boxed()
                .filter(i -> learned.contains(origins.get(i).place())).toList();
        return new HeldOutRows(objective, questions.stream().filter(question -> asked.contains(question.row().place()))
                .toList(), kept.stream().map(examples::get).toList(), kept.stream().map(origins::get).toList(),
                (int) Stream.concat(asked.stream(), learned.stream()).distinct().count(), of, trained);
    }

    private static void requireAny(int taken, List<? extends Sample> rows, ConversationEncoder taking) {
        if (taken == 0 && !taking.setAside().isEmpty()) {
            throw UserError.of(say("none of %d held-out rows can be judged: %s", rows.size(),
                    taking.setAside().get(0)));
        }
    }

    /** Rows that a model reads whole: as training lays them out, each asked which label it has. */
    private static HeldOutRows read(Objective objective, ConversationEncoder taking, List<? extends Sample> rows,
            int of) {
        List<Question> questions = new ArrayList<>();
        List<ExampleGroup> examples = new ArrayList<>();
        List<Origin> origins = new ArrayList<>();
        for (Sample row : rows) {
            int cut = taking.report().cut();
            List<ExampleGroup> groups = taking.encode(row);
            examples.addAll(groups);
            groups.forEach(group -> origins.add(new Origin(row.place(), 0)));
            if (row instanceof Labelled labelled && !groups.isEmpty()) {
                questions.add(new Question(Conversation.answered(row.asked(), labelled.label(), row.place()),
                        groups.get(0).documents().get(0).ids(), taking.report().cut() > cut));
            }
        }
        requireAny(examples.size(), rows, taking);
        return new HeldOutRows(objective, questions, examples, origins, rows.size() - taking.setAside().size(), of,
                Optional.empty());
    }

    /** Rows of which the loss alone is wanted. @throws UserError when the chat template takes none of them */
    public static HeldOutRows unasked(Objective objective, ConversationEncoder encoder,
            List<? extends Sample> heldOut) {
        ConversationEncoder taking = objective.makesAnswers() ? encoder.asking() : encoder.another();
        List<ExampleGroup> examples = new ArrayList<>();
        List<Origin> origins = new ArrayList<>();
        addAll(heldOut, taking, examples, origins);
        int refused = (int) taking.setAside().stream().map(SetAside::place).distinct().count();
        requireAny(heldOut.size() - refused, heldOut, taking);
        return new HeldOutRows(objective, List.of(), examples, origins, heldOut.size() - refused, heldOut.size(),
                Optional.empty());
    }

    private static Question question(ConversationEncoder encoder, Conversation row, int limit) {
        int[] whole = encoder.encodePrompt(row.asked());
        return new Question(row, encoder.expected(row),
                whole.length <= limit ? whole : encoder.encodePrompt(row.asked(), limit),
                whole.length > limit);
    }

    /** The labels that the model tells apart, where it does nothing else; else what the answers look like. */
    Optional<LabelSet> labels() {
        List<String> known = objective.outputs();
        return known.size() > 1 ? Optional.of(LabelSet.known(known)) : LabelSet.of(expected());
    }

    /** The tokens that the loss is of, document by document. */
    List<List<Integer>> targets() {
        return examples.stream().flatMap(group -> group.documents().stream()).map(document ->
                IntStream.range(1, document.length()).filter(i -> document.trained()[i])
                .mapToObj(i -> document.ids()[i]).toList()).toList();
    }

    /** The expected answers, in the order of the questions. */
    public List<String> expected() { return questions.stream().map(Question::expected).toList(); }

    /** How many prompts were shortened. */
    public int shortened() { return (int) questions.stream().filter(Question::shortened).count(); }
}
