package io.weft.app.command;

import io.weft.app.http.Admission;
import io.weft.app.serve.ServeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

/** The operator's options of weft serve: what they mean, and that the pages for operators name them all. */
class ServerOptionsTest {
    @CommandLine.Command private static final class Bare {
        @CommandLine.Mixin private ServerOptions options;
    }

    private static ServerOptions parsed(String... words) {
        Bare bare = new Bare();
        new CommandLine(bare).parseArgs(words);
        return bare.options;
    }

    @Test void nothingSaidIsTheUsual() {
        assertThat(parsed().limits()).isEqualTo(ServeSettings.DEFAULTS.limits());
        assertThat(parsed().admission()).isEqualTo(Admission.PLAIN);
    }

    @Test void eachOptionComesWhereItBelongs() {
        ServerOptions options = parsed("--queue", "3", "--together", "2", "--max-tokens", "9", "--max-body", "4096",
                "--deadline", "60", "--drain", "5", "--keys", "k", "--cors", "https://A.org", "--cors", "https://b.org",
                "--allowed-host", "c.org", "--tls-cert", "x", "--tls-key", "y", "--metrics-open");
        assertThat(options.limits()).isEqualTo(new ServeSettings.Limits(9, 4096, Duration.ofMinutes(1),
                Duration.ofSeconds(5), 3, 2));
        assertThat(options.admission()).isEqualTo(new Admission(Optional.of(Path.of("k")), List.of("https://a.org",
                "https://b.org"), List.of("c.org"), Optional.of(Path.of("x")), Optional.of(Path.of("y")), true));
        assertThat(parsed("--batch", "4").limits().together()).as("its older name").isEqualTo(4);
    }

    @Test void thePagesForOperatorsNameThemAll() throws IOException {
        for (String page : List.of("../docs/serve.md", "../docs/serve.zh-CN.md")) {
            String text = Files.readString(Path.of(page));
            new CommandLine(new Bare()).getCommandSpec().options().forEach(option ->
                    assertThat(text).as(page).contains("`" + option.longestName()));
        }
    }
}
