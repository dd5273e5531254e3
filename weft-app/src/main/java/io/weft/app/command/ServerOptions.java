package io.weft.app.command;

import io.weft.app.api.ApiSettings;
import io.weft.app.http.Admission;
import io.weft.app.serve.ServeSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Who may ask a server beside its one key, and how much; {@link ServeSettings} has the bounds. */
final class ServerOptions {
    private static final ServeSettings.Limits USUAL = ServeSettings.DEFAULTS.limits();
    @Option(names = "--queue", paramLabel = "N") private int queue = USUAL.queue();
    @Option(names = {"--together", "--batch"}, paramLabel = "N") private int together = USUAL.together();
    @Option(names = "--max-tokens", paramLabel = "N") private int maxTokens = USUAL.maxNewTokens();
    @Option(names = "--max-body", paramLabel = "BYTES") private int maxBody = USUAL.maxBodyBytes();
    @Option(names = "--deadline", paramLabel = "SECONDS") private long deadline = USUAL.deadline().toSeconds();
    @Option(names = "--drain", paramLabel = "SECONDS") private long drain = USUAL.drain().toSeconds();
    @Option(names = "--keys", paramLabel = "FILE") private Path keys;
    @Option(names = "--cors", paramLabel = "ORIGIN") private List<String> origins = List.of();
    @Option(names = "--allowed-host", paramLabel = "NAME") private List<String> hosts = List.of();
    @Option(names = "--tls-cert", paramLabel = "FILE") private Path certificate;
    @Option(names = "--tls-key", paramLabel = "FILE") private Path certificateKey;
    @Option(names = "--metrics-open") private boolean openMetrics;
    @Option(names = "--strict") private boolean strict;
    @Option(names = "--adapter-requests") private boolean adapters;

    ServeSettings.Limits limits() {
        return new ServeSettings.Limits(maxTokens, maxBody, Duration.ofSeconds(deadline), Duration.ofSeconds(drain),
                queue, together);
    }

    ApiSettings api() { return new ApiSettings(strict, adapters); }

    Admission admission() {
        return new Admission(Optional.ofNullable(keys), origins, hosts, Optional.ofNullable(certificate),
                Optional.ofNullable(certificateKey), openMetrics);
    }
}
