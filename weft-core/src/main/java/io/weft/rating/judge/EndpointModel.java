package io.weft.rating.judge;

import io.weft.data.Message;
import io.weft.endpoint.ChatAnswer;
import io.weft.endpoint.ChatClient;
import io.weft.endpoint.ChatRequest;
import java.util.List;
import java.util.Optional;

/**
 * A model behind an address. What it answered once is in the client's log and is not paid again; a request that the
 * service refuses alone has no answer, any other refusal ends the job.
 */
public final class EndpointModel implements AskedModel {
    /** Enough for a few sentences behind a reasoning model's thoughts. */
    private static final int MOST_TOKENS = 4096, AT_ONCE = 4;
    private final ChatClient client;

    public EndpointModel(ChatClient client) { this.client = client; }

    @Override public List<Optional<String>> answer(List<List<Message>> questions) {
        List<ChatRequest> requests = questions.stream().map(question -> ChatRequest.of(question).withTemperature(0)
                .withMaxTokens(MOST_TOKENS)).toList();
        return client.askAll(requests, AT_ONCE, refused -> { }).stream()
                .map(answer -> answer.map(ChatAnswer::said)).toList();
    }
}
