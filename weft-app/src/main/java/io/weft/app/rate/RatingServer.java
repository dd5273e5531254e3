package io.weft.app.rate;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.weft.app.http.Admission;
import io.weft.app.http.Gate;
import io.weft.app.http.Guard;
import io.weft.app.http.Listener;
import io.weft.app.http.Page;
import io.weft.app.http.Refusal;
import io.weft.app.http.ServerDefaults;
import io.weft.app.http.key.ApiKeys;
import io.weft.problem.UserError;
import io.weft.rating.RatingFile;
import io.weft.rating.RatingPlan;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;

import static io.weft.problem.Language.say;

/**
 * Serves the page to this machine, below an address that nobody guesses.
 * <pre>
 * GET  /TOKEN/           the page
 * POST /TOKEN/open       rater                            -> where they are
 * POST /TOKEN/screen     rater, screen                    -> what stands on it, and what they said of it
 * POST /TOKEN/score      rater, screen, position, score   -> the screen as it is then
 * POST /TOKEN/vote       rater, screen, preference        -> the screen as it is then
 * POST /TOKEN/undo       rater                            -> the screen whose last judgement was taken back
 * </pre>
 */
public final class RatingServer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";
    private static final int TOKEN_BYTES = 16, MOST_AT_ONCE = 64;
    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final SecureRandom RANDOM = new SecureRandom();
    private final byte[] token;
    private final String root;
    private final RatingRequests requests;
    private final Listener listener;
    private final Javalin javalin;

    private RatingServer(RatingPlan plan, RatingFile file, int port) {
        listener = new Listener(HOST, port, Admission.PLAIN, ApiKeys.none());
        byte[] drawn = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(drawn);
        String word = Base64.getUrlEncoder().withoutPadding().encodeToString(drawn);
        token = word.getBytes(StandardCharsets.UTF_8);
        root = "/" + word + "/";
        requests = new RatingRequests(plan, file);
        javalin = Javalin.create(this::configure);
    }

    /** Starts to listen. @param port 0 for any that is free  @throws UserError when the port is taken */
    public static RatingServer start(RatingPlan plan, RatingFile file, int port) {
        RatingServer server = new RatingServer(plan, file, port);
        ServerDefaults.listen(server.javalin, server.listener);
        return server;
    }

    /** What to open in a browser. */
    public String address() { return ServerDefaults.address(listener, javalin.port()) + root.substring(1); }

    @Override public void close() { javalin.stop(); }

    private void configure(JavalinConfig config) {
        Guard guard = new Guard(HOST, true, ApiKeys.none(), Admission.PLAIN, new Guard.Paths(Set.of(), Set.of(),
                path -> false, path -> true));
        ServerDefaults.apply(config, listener, new Gate(guard, new Gate.Bounds(RatingRequests.MOST_BYTES, DEADLINE,
                MOST_AT_ONCE, DEADLINE)), ended -> { });
        config.routes.before(this::admit);
        new Page(RatingServer.class, Map.of(root, "page.html", root + "page.js", "page.js", root + "texts.js",
                "texts.js", root + "page.css", "page.css", root + "icon.svg", "/io/weft/app/serve/icon.svg"))
                .addTo(config);
        config.routes.post(root + "open", requests::open);
        config.routes.post(root + "screen", requests::screen);
        config.routes.post(root + "score", requests::score);
        config.routes.post(root + "vote", requests::vote);
        config.routes.post(root + "undo", requests::undo);
    }

    /** Other users of this machine reach the port, too, and so do pages of other sites in this browser. */
    private void admit(Context context) {
        String[] parts = context.path().split("/", 3);
        byte[] shown = (parts.length > 1 ? parts[1] : "").getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(shown, token)) {
            throw Refusal.request(403, "wrong_address", null,
                    say("this is not the address that weft rate printed when it started; open that one"));
        }
        String origin = context.header("Origin");
        if (origin != null && !origin.equals("http://" + context.header("Host"))) {
            throw Refusal.request(403, "other_origin", null, say("this request comes from another site's page"));
        }
    }
}
