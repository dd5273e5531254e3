package io.weft.hub;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/**
 * An HTTP server on the loopback address that can break every promise a server makes: it cuts connections, stalls, and
 * announces what it does not send.
 */
final class FakeServer implements AutoCloseable {
    final List<Request> requests = new CopyOnWriteArrayList<>();
    private final ServerSocket socket;
    private final CountDownLatch closed = new CountDownLatch(1);

    record Request(String method, String path, Map<String, String> headers) { }

    /**
     * @param stopAt bytes of the body after which the server falls silent or hangs up; beyond the body: never
     * @param silent whether it keeps the connection then
     */
    record Answer(int status, Map<String, String> headers, byte[] body, int stopAt, boolean silent) {
        static Answer of(int status, Map<String, String> headers, byte[] body) {
            return new Answer(status, headers, body, Integer.MAX_VALUE, false);
        }

        static Answer of(int status, Map<String, String> headers) { return of(status, headers, new byte[0]); }

        static Answer text(String text) { return of(200, Map.of(), text.getBytes(StandardCharsets.UTF_8)); }

        Answer cutAt(int bytes) { return new Answer(status, headers, body, bytes, false); }

        Answer silentFrom(int bytes) { return new Answer(status, headers, body, bytes, true); }
    }

    FakeServer(Function<Request, Answer> answers) throws IOException {
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(() -> {
            while (!socket.isClosed()) {
                Socket connection = socket.accept();
                daemon(() -> serve(connection, answers));
            }
        });
    }

    URI uri() { return URI.create("http://127.0.0.1:" + socket.getLocalPort()); }

    List<Request> of(String method) {
        return requests.stream().filter(request -> request.method().equals(method)).toList();
    }

    private void serve(Socket connection, Function<Request, Answer> answers) throws Exception {
        try (connection) {
            BufferedReader in = new BufferedReader(new InputStreamReader(connection.getInputStream(),
                    StandardCharsets.ISO_8859_1));
            String[] line = in.readLine().split(" ");
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (String header = in.readLine(); !header.isEmpty(); header = in.readLine()) {
                headers.put(header.substring(0, header.indexOf(':')), header.substring(header.indexOf(':') + 1)
                        .strip());
            }
            Request request = new Request(line[0], line[1], headers);
            requests.add(request);
            send(connection.getOutputStream(), request, answers.apply(request));
        }
    }

    private void send(OutputStream out, Request request, Answer answer) throws IOException, InterruptedException {
        if (answer.stopAt < 0) {
            closed.await();
            return;
        }
        StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status + " Because\r\nConnection: close\r\n");
        answer.headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (!answer.headers.containsKey("Content-Length")) {
            head.append("Content-Length: ").append(answer.body.length).append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        if (!request.method.equals("HEAD")) {
            out.write(answer.body, 0, Math.min(answer.stopAt, answer.body.length));
        }
        out.flush();
        if (answer.silent) {
            closed.await();
        }
    }

    private interface Task {
        void run() throws Exception;
    }

    private static void daemon(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (Exception over) {
                // the client hung up, or the test is done
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override public void close() throws IOException {
        closed.countDown();
        socket.close();
    }
}
