package io.weft.app.http;

import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Certificates and keys in PEM, as they are found on servers. */
class PemFilesTest {
    @TempDir static Path folder;
    private static SelfSigned rsa, ec;
    private static Path certificate, key;

    @BeforeAll static void make() throws GeneralSecurityException, IOException {
        Language.use(Language.ENGLISH);
        rsa = SelfSigned.make("RSA");
        ec = SelfSigned.make("EC");
        certificate = rsa.certificate(folder.resolve("rsa.pem"));
        key = rsa.key(folder.resolve("rsa.key"));
    }

    @Test void theKeyMayBeInEachOfTheThreeForms() throws IOException {
        for (SelfSigned each : new SelfSigned[] {rsa, ec}) {
            Path own = each.certificate(folder.resolve("own.pem"));
            Path older = each.olderKey(folder.resolve("older.key"));
            assertThat(Files.readString(older)).contains(each == rsa ? "BEGIN RSA PRIVATE" : "BEGIN EC PRIVATE");
            assertThat(PemFiles.read(own, each.key(folder.resolve("own.key"))).key())
                    .isEqualTo(each.pair().getPrivate());
            // OpenSSL writes the curve before an elliptic key
            Files.writeString(older, "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
                    + Files.readString(older));
            assertThat(PemFiles.read(own, older).key()).isEqualTo(each.pair().getPrivate());
        }
    }

    @Test void theIssuersStandBehindTheServersOwnCertificate() throws IOException {
        Path chain = Files.writeString(folder.resolve("chain.pem"), "a comment\n" + Files.readString(certificate)
                + Files.readString(ec.certificate(folder.resolve("ec.pem"))));
        assertThat(PemFiles.read(chain, key).chain()).hasSize(2);
        assertThatThrownBy(() -> PemFiles.read(chain, ec.key(folder.resolve("ec.key"))))
                .isInstanceOf(UserError.class).hasMessageContaining("cannot be read as the RSA key");
    }

    @Test void whatCannotBeReadIsNamed() throws IOException, GeneralSecurityException {
        Path other = SelfSigned.make("RSA").key(folder.resolve("other.key"));
        Path encrypted = Files.writeString(folder.resolve("enc.key"), Files.readString(key).replace(" PRIVATE",
                " ENCRYPTED PRIVATE"));
        Path cut = Files.writeString(folder.resolve("cut.pem"), Files.readString(certificate).replaceFirst(
                "(?s)\n.{200}", "\n"));
        refused(certificate, other, "other.key does not belong to the first certificate in");
        refused(certificate, encrypted, "encrypted; decrypt it with 'openssl pkey");
        refused(cut, key, "certificate 1 in", "is damaged");
        refused(key, key, "holds no certificate in PEM");
        refused(certificate, certificate, "holds no private key in PEM");
        refused(folder.resolve("none.pem"), key, "none.pem cannot be read (NoSuchFile)");
        refused(certificate, folder, "cannot be read");
    }

    private static void refused(Path certificates, Path key, String... parts) {
        assertThatThrownBy(() -> PemFiles.read(certificates, key)).isInstanceOf(UserError.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }
}
