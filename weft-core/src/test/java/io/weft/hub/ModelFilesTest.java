package io.weft.hub;

import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ModelFilesTest {
    private Language language;

    @BeforeEach void english() {
        language = Language.current();
        Language.use(Language.ENGLISH);
    }

    @AfterEach void back() { Language.use(language); }

    @Test void safetensorsArePreferredAndOtherCopiesOfTheWeightsSkipped() {
        assertThat(chosen("config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
                "model.safetensors.index.json", "consolidated.safetensors",
                "pytorch_model-00001-of-00001.bin", "pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack",
                "model.gguf", "onnx/model.onnx", "original/params.json"))
                .containsExactlyInAnyOrder("config.json", "model-00001-of-00002.safetensors",
                "model-00002-of-00002.safetensors", "model.safetensors.index.json");
    }

    @Test void aSingleFileIsPreferredToShardsOfTheSame() {
        assertThat(chosen("config.json", "model.safetensors", "model.safetensors.index.json",
                "model-00001-of-00001.safetensors", "model.fp16.safetensors"))
                .containsExactlyInAnyOrder("config.json", "model.safetensors");
    }

    @Test void binIsTakenWhereNothingElseIs() {
        assertThat(chosen("config.json", "pytorch_model-00001-of-00001.bin", "pytorch_model.bin.index.json",
                "training_args.bin", "optimizer.bin"))
                .containsExactlyInAnyOrder("config.json", "pytorch_model-00001-of-00001.bin",
                "pytorch_model.bin.index.json");
    }

    @Test void tokenizersTemplatesAndTheLicenceComeAlong() {
        List<String> files = List.of("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
                "special_tokens_map.json",
                "vocab.json", "merges.txt", "vocab.txt",
                "tokenizer.model", "tokenizer.model.v3", "qwen.tiktoken", "chat_template.jinja",
                "additional_chat_templates/rag.jinja",
                "LICENSE", "LICENSE.md", "Notice.txt", "model.safetensors");
        assertThat(chosen(Stream.concat(files.stream(),
                Stream.of("README.md", ".gitattributes", "modeling_x.py", "figure.png", "notes.txt",
                "deep/additional_chat_templates/x.jinja"))
                .toArray(String[]::new))).containsExactlyInAnyOrderElementsOf(files);
    }

    @Test void anAdapterIsAModelToo() {
        assertThat(chosen("adapter_config.json", "adapter_model.safetensors", "README.md"))
                .containsExactlyInAnyOrder("adapter_config.json", "adapter_model.safetensors");
    }

    @Test void aRepositoryWithoutAModelSaysWhatItHas() {
        assertThatThrownBy(() -> chosen("config.json", "model-q4.gguf")).isInstanceOf(UserError.class)
                .hasMessageContaining("org/tiny holds no weights").hasMessageContaining("*.gguf");
        assertThatThrownBy(() -> chosen("data.csv")).isInstanceOf(UserError.class)
                .hasMessageContaining("no config.json").hasMessageContaining("*.csv");
        assertThatThrownBy(() -> chosen("config.json", "Config.json", "model.safetensors"))
                .isInstanceOf(UserError.class).hasMessageContaining("twice");
    }

    private static List<String> chosen(String... names) {
        return ModelFiles.choose(Stream.of(names).map(name -> new HubFile(name, 1)).toList(), "org/tiny").stream()
                .map(HubFile::path).toList();
    }
}
