package io.weft.app.http.key;

import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Files of keys, good and bad. */
class KeyFileTest {
    @TempDir Path folder;

    @BeforeAll static void english() { Language.use(Language.ENGLISH); }

    private Path file(String... lines) throws IOException {
        return Files.write(folder.resolve("keys"), List.of(lines));
    }

    @Test void aKeyIsFoundByItselfAndByItsHash() throws IOException {
        String hex = HexFormat.of().formatHex(ApiKey.hash("bobs-own-key"));
        ApiKeys keys = ApiKeys.of(Optional.of("the-one-key"), Optional.of(file("# who may ask", "",
                "alice: alices-own-key", "bob: sha256:" + hex.toUpperCase() + "  requests=60/min tokens=90000/min",
                "grafana : only-figures admin")));
        assertThat(keys.count()).isEqualTo(4);
        assertThat(keys.find("alices-own-key").orElseThrow().key().name()).isEqualTo("alice");
        ApiKey bob = keys.find("bobs-own-key").orElseThrow().key();
        assertThat(bob.requests()).hasValue(60);
        assertThat(bob.tokens()).hasValue(90_000);
        assertThat(bob.scopes()).containsExactly(ApiKey.Scope.INFER);
        assertThat(keys.find("only-figures").orElseThrow().key().scopes()).containsExactly(ApiKey.Scope.ADMIN);
        assertThat(keys.find("the-one-key").orElseThrow().key().scopes()).isEqualTo(Set.of(ApiKey.Scope.values()));
        for (String wrong : List.of("", "alices-own-ke", "alices-own-key ", hex, "sha256:" + hex, "alice")) {
            assertThat(keys.find(wrong)).as(wrong).isEmpty();
        }
    }

    @Test void everyLineThatCannotBeIsToldAtOnceAndNoneOfItsWords() throws IOException {
        Path file = file("alice: alices-own-key", "alice: another-own-key", "carol: alices-own-key", "dave: short",
                "my secret: key-of-secrets", "eve: sha256:abc", "frank: franks-own-key root requests=0/min",
                "default: my-default-key",
                "gus: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThatThrownBy(() -> KeyFile.read(file)).isInstanceOf(UserError.class)
                .hasMessageContaining("has 9 problems").hasMessageContaining("line 2: 'alice' has a key already")
                .hasMessageContaining("line 3: 'alice' has this very key")
                .hasMessageContaining("line 4: a key has 8 to 256").hasMessageContaining("line 5: expected NAME: KEY")
                .hasMessageContaining("line 6: expected 64 hexadecimal").hasMessageContaining("line 7: behind the key")
                .hasMessageContaining("line 8: the name 'default'")
                .hasMessageContaining("line 9: this is the SHA-256 of")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("own-key", "short", "secrets", "root"));
        assertThatThrownBy(() -> KeyFile.read(file("# nobody"))).hasMessageContaining("holds no key");
        assertThatThrownBy(() -> KeyFile.read(folder.resolve("none"))).hasMessageContaining("cannot be read");
    }

    @Test void aFileWrittenAnewChangesKeysAndKeepsWhatIsUsedUp() throws IOException {
        ApiKeys keys = ApiKeys.of(Optional.empty(), Optional.of(file("alice: alices-own-key requests=1/min")));
        assertThat(keys.find("alices-own-key").orElseThrow().allowance().take()).isEmpty();
        file("alice: alices-new-key requests=1/min", "bob: bobs-own-key");
        keys.read();
        assertThat(keys.find("alices-own-key")).isEmpty();
        assertThat(keys.find("bobs-own-key")).isPresent();
        assertThat(keys.find("alices-new-key").orElseThrow().allowance().take()).isPresent();
        file("alice");
        assertThatThrownBy(keys::read).isInstanceOf(UserError.class);
        assertThat(keys.find("bobs-own-key")).as("a broken file locks nobody out").isPresent();
    }
}
