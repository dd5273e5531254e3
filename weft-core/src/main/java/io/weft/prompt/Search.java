package io.weft.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Conversation;
import io.weft.data.Sample;
import io.weft.evaluate.Progress;
import io.weft.file.JsonFile;
import io.weft.generate.Generator;
import io.weft.model.folder.FolderSeal;
import io.weft.nn.Adapters;
import io.weft.nn.CausalLm;
import io.weft.problem.UserError;
import io.weft.tensor.RandomStream;
import io.weft.token.encode.ConversationEncoder;
import io.weft.token.encode.HardPrompt;
import io.weft.token.encode.PromptFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import static io.weft.problem.Language.say;

/**
 * A search from its beginning to the held-out table: the model without a prompt, then one method or all three one after
 * the other, each from the best prompt so far with its share of the passes, then the best prompt beside none and beside
 * random texts of as many tokens, on rows that no step of the search has seen.
 */
public final class Search {
    private static final int CONTROLS = 3;
    private static final long STREAM = 0x72616e64; // "rand"
    private final SearchSettings settings;
    private final List<String> instructions;
    private final PromptFormat format;
    private final List<Conversation> train;
    private final List<? extends Sample> heldOut;
    private final SearchRows rows;

    /**
     * @param instructions the user's own; may be empty
     * @param format       how the model is spoken to, dropping what is too long for it
     * @param train        conversations  @param heldOut the same; may be empty
     * @throws UserError when no two rows fit the model's context, or the budget is too small
     */
    public Search(SearchSettings settings, List<String> instructions, PromptFormat format,
            List<? extends Sample> train, List<? extends Sample> heldOut) {
        this.settings = settings;
        this.instructions = instructions;
        this.format = format;
        this.heldOut = heldOut;
        ConversationEncoder encoder = format.encoder().another();
        this.train = train.stream().filter(row -> !encoder.encode(row).isEmpty()).map(Conversation.class::cast)
                .toList();
        if (this.train.size() < 2) {
            throw UserError.of(say("%,d of %,d training rows fit into the model's context; a prompt needs two rows at "
                    + "least to be judged by", this.train.size(), train.size()));
        }
        rows = SearchRows.of(this.train, settings);
        requireBudget();
        requireCandidates();
    }

    private void requireBudget() {
        int least = leastBudget();
        if (settings.budget() < least) {
            throw UserError.of(say("--budget is %,d forward passes; --method %s with %,d rows to judge by needs at "
                    + "least %,d", settings.budget(), settings.method().word(), rows.judged().size(), least));
        }
    }

    private void requireCandidates() {
        if (settings.method() == SearchMethod.INSTRUCTION && instructions.isEmpty() && settings.proposals() == 0) {
            throw UserError.of(say("there are no instructions to choose from; give a file with --instructions, or "
                    + "--proposals above 0"));
        }
    }

    private int leastBudget() {
        int judged = rows.judged().size(), least = 0;
        for (SearchMethod each : SearchMethod.values()) {
            if (each != SearchMethod.ALL && settings.method().includes(each)) {
                least = Math.max(least, least(each, judged));
            }
        }
        return judged + settings.method().parts() * least;
    }

    private int least(SearchMethod method, int judged) {
        return switch (method) {
            case SWAP -> TokenSwaps.least(judged);
            case INSTRUCTION -> InstructionChoice.least(judged, settings, instructions.size());
            default -> DemonstrationChoice.least(judged, settings);
        };
    }

    /** How many training rows do not fit into the model's context and are left out. */
    public int leftOut(int given) { return given - train.size(); }

    public int judgedRows() { return rows.judged().size(); }

    public int shownRows() { return rows.shown().size(); }

    /**
     * Searches, or goes on with the search that the folder holds.
     *
     * @param loading  the model, frozen, once it is known that the folder holds this search
     * @param given    everything that decides about the search, by the names that a user knows
     * @param seal     of the model's folder, given an earlier one
     * @param progress of the table's answers
     * @throws UserError when the folder holds another search, naming what differs
     */
    public SearchResult run(Supplier<CausalLm> loading, Function<CausalLm, Generator> generating, Path folder,
            Map<String, String> given, UnaryOperator<FolderSeal> seal, SearchListener listener, Progress progress) {
        try (SearchLog log = SearchLog.open(folder.resolve(SearchResult.LOG), given, seal)) {
            CausalLm model = loading.get();
            Generator generator = generating.apply(model);
            Trials trials = new Trials(settings, rows, format.encoder(), new AnswerLoss(model), log, listener);
            PlainTokens plain = new PlainTokens(format.tokenizer(), model.vocabulary());
            trials.judgeBare();
            improve(trials, model, plain, generator);
            double seconds = log.seconds();
            String text = trials.text(trials.best());
            int tokens = text.isEmpty() ? 0 : format.tokenizer().encodePlain(text).length;
            List<String> controls = text.isEmpty() ? List.of() : controls(trials, plain, tokens);
            Table table = heldOut.isEmpty() ? new Table(null, 0)
                    : table(trials, model, generator, text, controls, log, progress);
            SearchResult result = new SearchResult(text, tokens, parts(trials.best()), trials.bareLoss(),
                    trials.bestLoss(), rows.judged().size(), trials.passes(), table.passes, seconds, table.table);
            result.write(folder, given);
            return result;
        }
    }

    private SearchResult.Parts parts(PromptParts best) {
        return new SearchResult.Parts(best.instruction(), best.shown().stream().map(rows.shown()::get).toList(),
                best.words());
    }

    private void improve(Trials trials, CausalLm model, PlainTokens plain, Generator generator) {
        int left = settings.method().parts();
        if (settings.method().includes(SearchMethod.INSTRUCTION)) {
            int room = generator.contextLength() - Math.min(64, generator.contextLength() / 2);
            new InstructionChoice(trials, instructions, new Proposals(generator, format.style(),
                    format.encoder()::answerText, room)).improve(share(trials, left--));
        }
        if (settings.method().includes(SearchMethod.DEMONSTRATIONS)) {
            new DemonstrationChoice(trials).improve(share(trials, left--));
        }
        if (settings.method().includes(SearchMethod.SWAP)) {
            new TokenSwaps(trials, model, plain).improve(share(trials, left));
        }
    }

    private int share(Trials trials, int left) { return (settings.budget() - trials.passes()) / left; }

    /** Random texts of so many tokens, which stay these tokens where a prompt stands. */
    private List<String> controls(Trials trials, PlainTokens plain, int tokens) {
        return IntStream.range(0, CONTROLS).mapToObj(i -> plain.text(plain.random(tokens,
                RandomStream.of(STREAM, settings.seed(), i),
                words -> plain.place(trials, PromptParts.NONE, words) >= 0))).toList();
    }

    private record Table(PromptTable table, int passes) {}

    private Table table(Trials trials, CausalLm model, Generator generator, String text, List<String> controls,
            SearchLog log, Progress progress) {
        List<String> texts = new ArrayList<>(List.of(""));
        if (!text.isEmpty()) {
            texts.add(text);
            texts.addAll(controls);
        }
        HeldOutTrial trial = HeldOutTrial.of(model, Adapters.NONE, generator, texts.stream().map(trials::encoder)
                .toList(), heldOut, settings.rows(), Optional.empty());
        if (trial.rows().isEmpty()) {
            return new Table(null, 0);
        }
        List<Map<String, Double>> values = new ArrayList<>();
        for (String each : texts) {
            values.add(read(log.result("heldOut", each, trial.passes(), () -> JsonFile.JSON.valueToTree(
                    trial.values(trials.encoder(each), progress))).result()));
        }
        List<PromptTable.Column> columns = new ArrayList<>();
        columns.add(PromptTable.mean(PromptTable.WITHOUT, values.subList(0, 1)));
        if (!text.isEmpty()) {
            columns.add(PromptTable.mean(PromptTable.PROMPT, values.subList(1, 2)));
            columns.add(PromptTable.mean(PromptTable.RANDOM, values.subList(2, values.size())));
        }
        return new Table(new PromptTable(trial.rows().size(), trial.of(),
                trial.shortened(trials.encoder(text)), columns), trial.passes() * texts.size());
    }

    private static Map<String, Double> read(JsonNode found) {
        Map<String, Double> values = new LinkedHashMap<>();
        found.properties().forEach(each -> values.put(each.getKey(), each.getValue().asDouble()));
        return values;
    }
}
