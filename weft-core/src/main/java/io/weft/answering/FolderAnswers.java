package io.weft.answering;

import io.weft.data.Message;
import io.weft.data.augment.AnsweringModel;
import io.weft.data.augment.ModelSource;
import io.weft.endpoint.AnswerLog;
import io.weft.endpoint.ChatAnswer;
import io.weft.file.Sha256;
import io.weft.generate.Sampling;
import io.weft.loaded.LoadedModel;
import io.weft.model.folder.FolderSeal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A folder's answers, one after the other on the thread that opened it. */
final class FolderAnswers implements AnsweringModel {
    private static final int MOST_TOKENS = 128, MOST_OF_A_YES = 8;
    private static final double TEMPERATURE = 0.7;
    private static final String ADAPTER = "adapter_model.safetensors";
    private final LoadedModel model;
    private final AnswerLog log;
    private final ModelSource source;
    private final String seal;

    FolderAnswers(LoadedModel model, AnswerLog log, ModelSource source) {
        this.model = model;
        this.log = log;
        this.source = source;
        seal = seal(model);
    }

    /** The sums of all that decides about answers: the base's files, and the adapter's where there is one. */
    private static String seal(LoadedModel model) {
        TreeMap<String, String> sums = new TreeMap<>();
        model.folder().seal(new FolderSeal(Map.of())).files().forEach((name, file) -> sums.put(name, file.sha256()));
        for (String folder : List.of("", "adapter")) {
            Path adapter = model.source().resolve(folder).resolve(ADAPTER);
            if (model.adapter().isPresent() && Files.isRegularFile(adapter)) {
                sums.put(ADAPTER, Sha256.of(adapter));
            }
        }
        return sums.toString();
    }

    @Override public List<Optional<String>> answer(List<String> questions, boolean greedy, int take) {
        List<Optional<String>> answers = new ArrayList<>();
        for (String question : questions) {
            byte[] key = key(question, greedy, take);
            String name = HexFormat.of().formatHex(key);
            String answer = log.find(name).map(ChatAnswer::said).orElseGet(() -> {
                String said = model.answer(List.of(Message.user(question)), sampling(greedy, ByteBuffer.wrap(key)
                        .getLong()));
                log.add(name, new ChatAnswer(said, "", 0, 0));
                return new ChatAnswer(said, "", 0, 0).said();
            });
            answers.add(Optional.of(answer).filter(said -> !said.isBlank()));
        }
        return answers;
    }

    private Sampling sampling(boolean greedy, long seed) {
        return greedy ? Sampling.greedy(MOST_OF_A_YES)
                : Sampling.DEFAULTS.withMaxNewTokens(MOST_TOKENS).withTemperature(temperature()).withSeed(seed);
    }

    private double temperature() { return source.temperature().orElse(TEMPERATURE); }

    /** Of everything that decides about the answer. */
    private byte[] key(String question, boolean greedy, int take) {
        MessageDigest digest = Sha256.digest();
        digest.update((seal + "\n" + (greedy ? "greedy" : temperature()) + "\n" + take + "\n" + question)
                .getBytes(StandardCharsets.UTF_8));
        return digest.digest();
    }

    @Override public void close() {
        log.close();
        model.close();
    }
}
