package io.weft.answering;

import io.weft.data.Message;
import io.weft.data.augment.AnsweringModel;
import io.weft.data.augment.ModelSource;
import io.weft.endpoint.AnswerLog;
import io.weft.endpoint.ChatAnswer;
import io.weft.endpoint.ChatClient;
import io.weft.endpoint.ChatRequest;
import java.util.List;
import java.util.Optional;

/**
 * A service's answers. Requests that it refuses alone have none; any other refusal ends the job, which can go on later.
 */
final class EndpointAnswers implements AnsweringModel {
    /** Enough for a sentence behind a reasoning model's thoughts. */
    private static final int MOST_TOKENS = 2_048;
    private final ChatClient client;
    private final AnswerLog log;
    private final ModelSource source;

    EndpointAnswers(ChatClient client, AnswerLog log, ModelSource source) {
        this.client = client;
        this.log = log;
        this.source = source;
    }

    @Override public List<Optional<String>> answer(List<String> questions, boolean greedy, int take) {
        List<ChatRequest> requests = questions.stream().map(question -> request(question, greedy, take)).toList();
        return client.askAll(requests, source.atOnce(), refused -> { }).stream()
                .map(answer -> answer.map(ChatAnswer::said).filter(said -> !said.isEmpty())).toList();
    }

    /** Some models take no temperature but their own, so none is sent that the recipe does not give. */
    private ChatRequest request(String question, boolean greedy, int take) {
        ChatRequest request = ChatRequest.of(List.of(Message.user(question))).withMaxTokens(MOST_TOKENS).withTake(take);
        return source.temperature().isEmpty() ? request
                : request.withTemperature(greedy ? 0 : source.temperature().getAsDouble());
    }

    @Override public void close() { log.close(); }
}
