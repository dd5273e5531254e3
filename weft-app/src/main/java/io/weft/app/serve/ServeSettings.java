package io.weft.app.serve;

import io.weft.app.api.ApiSettings;
import io.weft.generate.Sampling;
import io.weft.problem.Problems;
import io.weft.problem.UserError;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

import static io.weft.problem.Language.say;

/**
 * Where and within what bounds a server answers.
 *
 * @param host         address to listen on; any other than this machine's own loopback needs a key
 * @param port         0 for any free one
 * @param apiKey       what clients must show, at least {@value #SHORTEST_KEY} visible ASCII characters
 * @param maxNewTokens most tokens of one answer; who asks for more gets these
 * @param maxBodyBytes largest body of a request
 * @param deadline     longest time that one request may take, waiting included
 * @param drain        how long answers may go on once the server is told to stop
 * @param api          what clients may send
 */
public record ServeSettings(String host, int port,
        Optional<String> apiKey, int maxNewTokens, int maxBodyBytes, Duration deadline, Duration drain,
        ApiSettings api) {
    public static final int SHORTEST_KEY = 8;
    public static final ServeSettings DEFAULTS = new ServeSettings("127.0.0.1", 8000, Optional.empty(),
            Sampling.MOST_NEW_TOKENS, 1 << 20, Duration.ofMinutes(10), Duration.ofSeconds(30), ApiSettings.DEFAULTS);

    /** @throws UserError naming every setting that cannot be */
    public ServeSettings {
        Problems problems = new Problems(say("the server"));
        if (port < 0 || port > 65535) {
            problems.add(say("port is %d; expected 0 to 65535", port));
        }
        if (apiKey.isPresent() && !apiKey.get().matches("[!-~]{" + SHORTEST_KEY + ",256}")) {
            problems.add(say("the API key must have %d to 256 visible ASCII characters and no spaces", SHORTEST_KEY));
        }
        bound(problems, "maxNewTokens", maxNewTokens, 1, 1_000_000);
        bound(problems, "maxBodyBytes", maxBodyBytes, 1024, 1 << 30);
        bound(problems, "deadline", deadline.toSeconds(), 1, 86_400);
        bound(problems, "drain", drain.toSeconds(), 0, 3600);
        try {
            if (!InetAddress.getByName(host).isLoopbackAddress() && apiKey.isEmpty()) {
                problems.add(say("%s can be reached from other machines, so the server needs a key: add --api-key "
                        + "KEY, or listen on 127.0.0.1", host));
            }
        } catch (UnknownHostException e) {
            problems.add(say("host %s is not known; give an address of this machine such as 127.0.0.1 or 0.0.0.0",
                    host));
        }
        problems.throwIfAny();
    }

    private static void bound(Problems problems, String name, long found, long least, long most) {
        if (found < least || found > most) {
            problems.add(say("%s is %d; expected %d to %d", name, found, least, most));
        }
    }

    public ServeSettings withHost(String host) {
        return new ServeSettings(host, port, apiKey, maxNewTokens, maxBodyBytes, deadline, drain,
                api);
    }

    public ServeSettings withPort(int port) {
        return new ServeSettings(host, port, apiKey, maxNewTokens, maxBodyBytes, deadline, drain,
                api);
    }

    /** Address and key belong together: another address than loopback is refused without one. */
    public ServeSettings withHost(String host, String apiKey) {
        return new ServeSettings(host, port, Optional.ofNullable(apiKey), maxNewTokens, maxBodyBytes, deadline, drain,
                api);
    }

    public ServeSettings withApi(ApiSettings api) {
        return new ServeSettings(host, port, apiKey, maxNewTokens, maxBodyBytes, deadline, drain, api);
    }

    boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
