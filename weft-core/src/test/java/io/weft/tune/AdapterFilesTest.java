package io.weft.tune;

import io.weft.model.TinyModels;
import io.weft.nn.CausalLm;
import io.weft.problem.UserError;
import io.weft.tensor.Pickle;
import io.weft.tensor.SafeTensors;
import io.weft.tensor.Scope;
import io.weft.tensor.TorchZip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AdapterFilesTest {
    private static final String OLD = "adapter_model.bin";
    @TempDir Path folder;

    @Test void theBinOfAnOldPeftIsTheAdapterThatSafetensorsAre() throws IOException {
        Path weights = folder.resolve(AdapterFolder.WEIGHTS);
        byte[] bin = Scope.value(() -> {
            CausalLm model = TinyModels.of("llama");
            Lora lora = new Lora(2, 4, 0, List.of("q_proj", "v_proj"));
            lora.attach(model, 3);
            lora.write(model, folder, "base");
            return TorchZip.holding(SafeTensors.open(weights).readAll()).bytes();
        });
        Scope.run(() -> {
            CausalLm expected = TinyModels.of("llama"), found = TinyModels.of("llama");
            AdapterFolder.attach(expected, folder);
            write(bin);
            delete(weights);
            AdapterFolder.attach(found, folder);
            assertThat(found.tuned().keySet()).isEqualTo(expected.tuned().keySet()).isNotEmpty();
            expected.tuned().forEach((name, tensor) -> assertThat(found.tuned().get(name).toFloats()).as(name)
                    .isEqualTo(tensor.toFloats()));
            write(TorchZip.of(new Pickle().global("os", "system").text("x").op(0x85, 'R').done()).bytes());
            assertThatThrownBy(() -> AdapterFolder.attach(found, folder)).isInstanceOf(UserError.class)
                    .hasMessageContaining("os.system");
        });
    }

    private void write(byte[] bytes) {
        try {
            Files.write(folder.resolve(OLD), bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void delete(Path file) { assertThat(file.toFile().delete()).isTrue(); }
}
