package io.weft.hub;

import io.weft.problem.UserError;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HubSettingsTest {
    @TempDir Path folder;

    @Test void theEnvironmentMeansWhatItMeansToHuggingfaceHub() throws IOException {
        Path user = Path.of(System.getProperty("user.home"));
        HubSettings plain = HubSettings.fromEnvironment(Map.of("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"));
        assertThat(plain.endpoint()).isEqualTo(URI.create("https://huggingface.co"));
        assertThat(plain.cache()).isEqualTo(user.resolve(".cache/huggingface/hub"));
        assertThat(plain.token()).isEmpty();
        assertThat(plain.offline()).isFalse();

        Files.writeString(folder.resolve("token"), "hf_fromTheFile\n");
        HubSettings home = HubSettings.fromEnvironment(Map.of("HF_HOME", folder.toString(), "HF_ENDPOINT",
                "https://mirror.example/", "HF_HUB_OFFLINE", "yes"));
        assertThat(home.cache()).isEqualTo(folder.resolve("hub"));
        assertThat(home.endpoint()).isEqualTo(URI.create("https://mirror.example"));
        assertThat(home.token().orElseThrow().header()).isEqualTo("Bearer hf_fromTheFile");
        assertThat(home.offline()).isTrue();

        HubSettings both = HubSettings.fromEnvironment(Map.of("HF_HOME", folder.toString(), "HF_HUB_CACHE", "~/models",
                "HF_TOKEN", " hf_fromTheVariable "));
        assertThat(both.cache()).isEqualTo(user.resolve("models"));
        assertThat(both.token().orElseThrow().header()).isEqualTo("Bearer hf_fromTheVariable");
        assertThat(HubSettings.fromEnvironment(Map.of("HF_HOME", folder.toString(), "HF_HUB_DISABLE_IMPLICIT_TOKEN",
                "1")).token()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"huggingface.co", "ftp://huggingface.co", "https://", "not an address",
            "https://user:pass@mirror.example", "https://mirror.example?key=pass"})
    void anEndpointThatIsNotAPlainAddressIsRefusedWithoutRepeatingIt(String endpoint) {
        assertThatThrownBy(() -> HubSettings.fromEnvironment(Map.of("HF_ENDPOINT", endpoint, "HF_HOME",
                folder.toString())))
                .isInstanceOf(UserError.class).hasMessageContaining("HF_ENDPOINT").hasMessageNotContaining("pass@");
    }

    @Test void aTextThatIsNoTokenIsRefusedWithoutRepeatingIt() {
        assertThatThrownBy(() -> new HubToken("hf_first\nhf_second", "HF_TOKEN")).isInstanceOf(UserError.class)
                .hasMessageContaining("HF_TOKEN").hasMessageNotContaining("hf_first");
        assertThat(new HubToken("hf_secret", "HF_TOKEN").toString()).isEqualTo("token from HF_TOKEN");
    }

    @Test void waitsDoubleUpToHalfAMinute() {
        assertThat(RetryPolicy.DEFAULTS.waitAfter(1).toMillis()).isEqualTo(1000);
        assertThat(RetryPolicy.DEFAULTS.waitAfter(3).toMillis()).isEqualTo(4000);
        assertThat(RetryPolicy.DEFAULTS.waitAfter(500).toSeconds()).isEqualTo(30);
    }
}
