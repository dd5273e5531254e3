package io.weft.endpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;

/** The body of a reply, as far as a reply can sensibly be long: a server that never ends does not fill the memory. */
final class LimitedBody implements BodySubscriber<byte[]> {
    /** More text than any model answers. */
    private static final int MOST = 1 << 25;
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();
    private Subscription subscription;

    @Override public CompletionStage<byte[]> getBody() { return whole; }

    @Override public void onSubscribe(Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override public void onNext(List<ByteBuffer> pieces) {
        for (ByteBuffer piece : pieces) {
            byte[] bytes = new byte[piece.remaining()];
            piece.get(bytes);
            read.writeBytes(bytes);
        }
        if (read.size() > MOST) {
            subscription.cancel();
            whole.completeExceptionally(new IOException("an answer of more than " + MOST + " bytes"));
        }
    }

    @Override public void onError(Throwable failure) { whole.completeExceptionally(failure); }

    @Override public void onComplete() { whole.complete(read.toByteArray()); }
}
