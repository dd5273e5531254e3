package io.weft.app.http;

import io.weft.app.http.key.ApiKeys;
import io.weft.problem.UserError;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * Where a server listens, in plain HTTP or in TLS, and what it looks after while it does: the files of its certificate
 * and of its keys, and how many connections the system lets it have.
 */
public final class Listener {
    private static final Duration LOOK = Duration.ofSeconds(1), HURRY = Duration.ofSeconds(2);
    private static final int BACKLOG = 4096;
    /** Files that a server has open beside its connections. */
    private static final int OTHER_FILES = 256;
    private final String host;
    private final int port;
    private final ApiKeys keys;
    private final Optional<ServerTls> tls;

    /** @throws UserError when a file of the certificate cannot be read */
    public Listener(String host, int port, Admission admission, ApiKeys keys) {
        this.host = host;
        this.port = port;
        this.keys = keys;
        tls = admission.certificate().map(file -> new ServerTls(file, admission.certificateKey().orElseThrow()));
    }

    String host() { return host; }

    int port() { return port; }

    /** "http" or "https". */
    public String scheme() { return tls.isPresent() ? "https" : "http"; }

    Connector connector(Server server, HttpConfiguration http) {
        http.setRelativeRedirectAllowed(true);
        HttpConnectionFactory plain = new HttpConnectionFactory(http);
        ServerConnector connector;
        if (tls.isPresent()) {
            // which names the server answers to is the guard's to say
            http.addCustomizer(new SecureRequestCustomizer(false));
            connector = new ServerConnector(server, new SslConnectionFactory(tls.get().factory(),
                    plain.getProtocol()), plain);
        } else {
            connector = new ServerConnector(server, plain);
        }
        connector.setHost(host);
        connector.setPort(port);
        connector.setAcceptQueueSize(BACKLOG);
        mostConnections().ifPresent(most -> {
            NetworkConnectionLimit limit = new NetworkConnectionLimit(most, connector);
            limit.setEndPointIdleTimeout(HURRY.toMillis());
            server.addBean(limit);
        });
        watch(server);
        return connector;
    }

    /** Fewer than the files that the system lets this process have open, so that accepting never fails. */
    private static Optional<Integer> mostConnections() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.UnixOperatingSystemMXBean unix
                && unix.getMaxFileDescriptorCount() > 2 * OTHER_FILES
                ? Optional.of((int) Math.min(1_000_000, unix.getMaxFileDescriptorCount() - OTHER_FILES))
                : Optional.empty();
    }

    private void watch(Server server) {
        List<ChangedFiles.Watch> watches = new ArrayList<>();
        keys.file().ifPresent(file -> watches.add(new ChangedFiles.Watch(List.of(file), this::readKeys)));
        tls.ifPresent(files -> watches.add(new ChangedFiles.Watch(files.files(), () -> reload(files))));
        server.addEventListener(new LifeCycle.Listener() {
            private ChangedFiles files;

            @Override public void lifeCycleStarted(LifeCycle event) { files = new ChangedFiles(watches, LOOK); }

            @Override public void lifeCycleStopping(LifeCycle event) {
                if (files != null) {
                    files.close();
                }
            }
        });
    }

    private void readKeys() {
        try {
            keys.read();
            ServerLog.SERVER.info("read {} anew: {} keys", keys.file().orElseThrow(), keys.count());
        } catch (UserError e) {
            ServerLog.SERVER.error("the keys stay as they were: {}", e.getMessage());
        }
    }

    private static void reload(ServerTls files) {
        try {
            files.reload();
            ServerLog.SERVER.info("read {} anew", files.files());
        } catch (UserError e) {
            ServerLog.SERVER.error("the certificate stays as it was: {}", e.getMessage());
        } catch (Exception e) {
            ServerLog.SERVER.error("the certificate stays as it was", e);
        }
    }
}
