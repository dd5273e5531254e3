package io.weft.app.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;

/**
 * Whether a client still waits. HTTP/1.1 tells nothing about that while an answer is being made, so the socket is
 * asked: once the request is read, the end of the stream can only mean that the client is gone. Belongs to the thread
 * that handles the request.
 */
public final class ClientConnection {
    private final EndPoint endPoint;
    private final ByteBuffer read = ByteBuffer.allocate(1).limit(0);
    private final Context context;
    private boolean pipelined;

    /** @param context of a request whose body has been read to its end */
    public ClientConnection(Context context) {
        this.context = context;
        endPoint = ServletContextRequest.getServletContextRequest(context.req()).getConnectionMetaData().getConnection()
                .getEndPoint();
    }

    public boolean isGone() {
        if (pipelined) {
            return !endPoint.isOpen();
        }
        try {
            read.clear().limit(0); // Jetty's buffers are filled from their limit on
            int count = endPoint.fill(read);
            // the beginning of another request, sent early; it is lost with this connection, and HTTP has clients send
            // it again
            if (count > 0) {
                pipelined = true;
                context.header("Connection", "close");
            }
            return count < 0;
        } catch (IOException e) {
            return true;
        }
    }
}
