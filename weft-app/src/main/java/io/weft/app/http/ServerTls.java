package io.weft.app.http;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** The server's certificate and key, in PEM files that may be replaced while it runs. */
final class ServerTls {
    private static final Duration SOON = Duration.ofDays(7);
    private final Path certificate, key;
    private final SslContextFactory.Server factory = new SslContextFactory.Server();

    /** @throws io.weft.problem.UserError when a file cannot be read or they do not belong together */
    ServerTls(Path certificate, Path key) {
        this.certificate = certificate;
        this.key = key;
        load(factory);
    }

    List<Path> files() { return List.of(certificate, key); }

    SslContextFactory.Server factory() { return factory; }

    /** Reads the files again; connections that are open go on with the old ones. */
    void reload() throws Exception { factory.reload(loaded -> load(factory)); }

    private void load(SslContextFactory into) {
        PemFiles files = PemFiles.read(certificate, key);
        X509Certificate own = files.chain().get(0);
        Instant end = own.getNotAfter().toInstant();
        if (end.isBefore(Instant.now().plus(SOON))) {
            ServerLog.SERVER.warn("the certificate in {} ends at {}", certificate, end);
        }
        try {
            String password = UUID.randomUUID().toString(); // of a store that never leaves this process
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", files.key(), password.toCharArray(),
                    files.chain().toArray(X509Certificate[]::new));
            into.setKeyStore(store);
            into.setKeyStorePassword(password);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("a key store in memory", e);
        }
    }
}
