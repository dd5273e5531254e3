package io.weft.app.option;

import io.weft.app.terminal.Streams;
import io.weft.data.Message;
import io.weft.endpoint.AnswerLog;
import io.weft.endpoint.ChatClient;
import io.weft.endpoint.Endpoint;
import io.weft.generate.Sampling;
import io.weft.loaded.LoadedModel;
import io.weft.loaded.ModelSource;
import io.weft.problem.UserError;
import io.weft.rating.Rater;
import io.weft.rating.RatingFile;
import io.weft.rating.RatingPlan;
import io.weft.rating.judge.AskedModel;
import io.weft.rating.judge.EndpointModel;
import io.weft.rating.judge.ModelJudge;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import picocli.CommandLine.Option;

import static io.weft.problem.Language.say;

/** {@code --judge}: a model as one more rater, behind an address or from a folder. */
public final class JudgeOption {
    private static final String LOG = "judge.jsonl";
    private static final int MOST_TOKENS = 512;
    @Option(names = "--judge", paramLabel = "URL_OR_DIR") private String judge;
    @Option(names = "--judge-model", paramLabel = "NAME") private String model;
    @Option(names = "--judge-key-env", paramLabel = "VARIABLE") private String keyVariable = "";
    @Option(names = "--judge-name", paramLabel = "NAME") private String name;
    @Option(names = "--judge-expected") private boolean expected;

    public boolean isAsked() {
        if (judge == null && (model != null || name != null || expected || !keyVariable.isEmpty())) {
            throw UserError.of(say("--judge-model, --judge-key-env, --judge-name and --judge-expected go with --judge "
                    + "URL or --judge DIR"));
        }
        return judge != null;
    }

    /** Has it judge what it has not judged yet. @throws UserError when it cannot be asked; what was judged is kept */
    public void run(RatingPlan plan, RatingFile file, Streams streams, PrintStream told) {
        if (judge.matches("(?i)https?://.*")) {
            behindAddress(plan, file, streams, told);
        } else if (model != null || !keyVariable.isEmpty()) {
            throw UserError.of(say("--judge %s is a folder: --judge-model and --judge-key-env go with an address",
                    judge));
        } else {
            fromFolder(plan, file, streams, told);
        }
    }

    private void behindAddress(RatingPlan plan, RatingFile file, Streams streams, PrintStream told) {
        if (model == null) {
            throw UserError.of(say("--judge-model is missing: which of the models at that address judges?"));
        }
        Endpoint endpoint = Endpoint.of(judge, model, keyVariable, System.getenv());
        Rater rater = file.admit(Rater.model(name == null ? model : name));
        try (AnswerLog log = AnswerLog.open(file.path().resolveSibling(LOG))) {
            Set<String> said = ConcurrentHashMap.newKeySet();   // several questions fail for one reason
            ChatClient client = ChatClient.of(endpoint, log, System.getenv(), (reason, wait) -> {
                if (said.add(reason)) {
                    streams.err().println(say("%s; trying again", reason));
                }
            });
            told.println(say("%s judges; its answers are kept in %s", endpoint, file.path().resolveSibling(LOG)));
            ask(plan, file, rater, new EndpointModel(client), streams, told);
            ChatClient.Spent spent = client.spent();
            told.println(say("asked %,d times, %,d answers were there already; %,d tokens read, %,d written, as the "
                    + "service counts", spent.asked(), spent.found(), spent.promptTokens(), spent.completionTokens()));
        }
    }

    private void fromFolder(RatingPlan plan, RatingFile file, Streams streams, PrintStream told) {
        ModelSource source = ModelSource.of(Path.of(judge), Optional.empty()).generating();
        Rater rater = file.admit(Rater.model(name == null ? Path.of(judge).toAbsolutePath().normalize().getFileName()
                .toString() : name));
        try (LoadedModel loaded = BaseOption.open(source, streams)) {
            told.println(say("%s judges", rater.name()));
            AskedModel asked = questions -> questions.stream().map(messages ->
                    Optional.of(loaded.answer(messages, Sampling.greedy(MOST_TOKENS)))
                    .filter(said -> !said.isBlank())).toList();
            ask(plan, file, rater, asked, streams, told);
        }
    }

    private void ask(RatingPlan plan, RatingFile file, Rater rater, AskedModel asked, Streams streams,
            PrintStream told) {
        int all = plan.screens().size();
        ModelJudge.Outcome outcome = ModelJudge.judge(plan, file, rater, asked, expected, done ->
                streams.err().println(say("judged %,d of %,d", done, all)));
        told.println(say("%s: %,d judged now, %,d before, each pair twice with the answers in each other's place",
                rater.name(), outcome.judged(), outcome.before()));
        if (outcome.unreadable() > 0) {
            told.println(say("%,d of %,d were left out: a reply held no verdict of the form that was asked for; take a "
                    + "stronger judge where these are many", outcome.unreadable(), all));
        }
        if (outcome.unanswered() > 0) {
            told.println(say("%,d of %,d were left out: the judge did not answer", outcome.unanswered(), all));
        }
        if (outcome.unscored() > 0) {
            told.println(say("%,d of those judged lack a score: the reply held a verdict alone", outcome.unscored()));
        }
    }
}
