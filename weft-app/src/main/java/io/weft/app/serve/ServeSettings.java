package io.weft.app.serve;

import io.weft.app.api.ApiSettings;
import io.weft.app.http.Admission;
import io.weft.app.http.key.ApiKey;
import io.weft.generate.Sampling;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * Where, for whom and within what bounds a server answers.
 *
 * @param host      address to listen on; any other than this machine's own loopback needs a key
 * @param port      0 for any free one
 * @param apiKey    what clients must show, 8 to 256 visible ASCII characters
 * @param limits    bounds of requests and of the server's work
 * @param admission who may come in beside
 * @param api       what clients may send
 */
public record ServeSettings(String host, int port, Optional<String> apiKey, Limits limits, Admission admission,
        ApiSettings api) {
    public static final ServeSettings DEFAULTS = new ServeSettings("127.0.0.1", 8000, Optional.empty(),
            Sampling.MOST_NEW_TOKENS, 1 << 20, Duration.ofMinutes(10), Duration.ofSeconds(30));

    /**
     * @param maxNewTokens most tokens of one answer; who asks for more gets these
     * @param maxBodyBytes largest body of a request
     * @param deadline     longest time that one request may take, waiting included
     * @param drain        how long answers may go on once the server is told to stop
     * @param queue        questions that may wait
     * @param together     questions answered at once
     */
    public record Limits(int maxNewTokens, int maxBodyBytes, Duration deadline, Duration drain, int queue,
            int together) {
        static final int QUEUE = 32, TOGETHER = 8;

        private void check(Problems problems) {
            bound(problems, "--max-tokens", maxNewTokens, 1, 1_000_000);
            bound(problems, "--max-body", maxBodyBytes, 1024, 1 << 30);
            bound(problems, "--deadline", deadline.toSeconds(), 1, 86_400);
            bound(problems, "--drain", drain.toSeconds(), 0, 3600);
            bound(problems, "--queue", queue, 1, 10_000);
            bound(problems, "--together", together, 1, 256);
        }
    }

    /** @throws UserError naming every setting that cannot be, and what is wrong in the files that they name */
    public ServeSettings {
        Problems problems = new Problems(say("the server"));
        bound(problems, "--port", port, 0, 65_535);
        if (apiKey.isPresent() && !ApiKey.isFit(apiKey.get())) {
            problems.add(say("the API key must have %d to %d visible ASCII characters and no spaces", ApiKey.SHORTEST,
                    ApiKey.LONGEST));
        }
        limits.check(problems);
        admission.check(problems);
        try {
            if (!InetAddress.getByName(host).isLoopbackAddress() && apiKey.isEmpty() && admission.keys().isEmpty()) {
                problems.add(say("%s can be reached from other machines, so the server needs a key: add --api-key "
                        + "KEY or --keys FILE, or listen on 127.0.0.1", host));
            }
        } catch (UnknownHostException e) {
            problems.add(say("host %s is not known; give an address of this machine such as 127.0.0.1 or 0.0.0.0",
                    host));
        }
        problems.throwIfAny();
    }

    /** With what clients may usually send. */
    public ServeSettings(String host, int port, Optional<String> apiKey, Limits limits, Admission admission) {
        this(host, port, apiKey, limits, admission, ApiSettings.DEFAULTS);
    }

    /** With the usual queue, and nobody beside the key. */
    public ServeSettings(String host, int port, Optional<String> apiKey, int maxNewTokens, int maxBodyBytes,
            Duration deadline, Duration drain) {
        this(host, port, apiKey, new Limits(maxNewTokens, maxBodyBytes, deadline, drain, Limits.QUEUE,
                Limits.TOGETHER), Admission.PLAIN);
    }

    private static void bound(Problems problems, String name, long found, long least, long most) {
        if (found < least || found > most) {
            problems.add(say("%s is %d; expected %d to %d", name, found, least, most));
        }
    }

    public int maxNewTokens() { return limits.maxNewTokens; }

    public int maxBodyBytes() { return limits.maxBodyBytes; }

    public Duration deadline() { return limits.deadline; }

    public Duration drain() { return limits.drain; }

    public ServeSettings withHost(String host) { return new ServeSettings(host, port, apiKey, limits, admission, api); }

    public ServeSettings withPort(int port) { return new ServeSettings(host, port, apiKey, limits, admission, api); }

    /** Address and key belong together: another address than loopback is refused without one. */
    public ServeSettings withHost(String host, String apiKey) {
        return new ServeSettings(host, port, Optional.ofNullable(apiKey), limits, admission, api);
    }

    public ServeSettings with(Admission admission) {
        return new ServeSettings(host, port, apiKey, limits, admission, api);
    }

    public ServeSettings with(Limits limits) { return new ServeSettings(host, port, apiKey, limits, admission, api); }

    public ServeSettings with(ApiSettings api) { return new ServeSettings(host, port, apiKey, limits, admission, api); }

    boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
