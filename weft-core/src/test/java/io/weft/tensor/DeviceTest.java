package io.weft.tensor;

import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What a machine without a GPU can prove: META has no memory, so whoever took its pointer for the host's would crash.
 */
class DeviceTest {
    @TempDir Path folder;
    private Language language;

    @BeforeEach void english() {
        language = Language.current();
        Language.use(Language.ENGLISH);
    }

    @AfterEach void back() { Language.use(language); }

    @Test void newTensorsLieOnTheDeviceAroundThemAndOnNoOtherAfterwards() {
        Scope.run(() -> {
            Device.run(Device.META, () -> {
                assertThat(Device.current()).isEqualTo(Device.META);
                assertThat(everyWayToMakeOne()).allSatisfy(made -> assertThat(made.device()).isEqualTo(Device.META));
                assertThat(Device.<List<Tensor>>value(Device.CPU, this::everyWayToMakeOne))
                        .allSatisfy(made -> assertThat(made.device()).isEqualTo(Device.CPU));
                assertThat(Device.current()).isEqualTo(Device.META);
            });
            assertThatThrownBy(() -> Device.run(Device.META, () -> {
                throw new IllegalStateException();
            })).isInstanceOf(IllegalStateException.class);
            assertThat(Device.current()).isEqualTo(Device.CPU);
            assertThat(Tensor.zeros(2).device()).isEqualTo(Device.CPU);
        });
    }

    private List<Tensor> everyWayToMakeOne() {
        Path file = folder.resolve("weights.safetensors");
        Device.run(Device.CPU, () -> Scope.run(() -> SafeTensors.write(file, Map.of("w", Tensor.ones(2, 3)))));
        RandomStream random = RandomStream.of(7);
        return List.of(Tensor.of(new float[] {1, 2}, 2), Tensor.of(new int[] {1, 2}, 2), Tensor.zeros(2),
                Tensor.of(new long[] {1, 2}, 2), Tensor.ones(2), Tensor.empty(DType.BF16, 2), random.uniform(0, 1, 3),
                random.normal(1, 3), random.dropoutMask(0.5, 3), TensorFiles.open(file).read("w"));
    }

    @Test void tensorsMoveWithTheirTypeAndTheHostReadsACopy() {
        Scope.run(() -> {
            Tensor narrow = Tensor.of(new float[] {1, 2}, 2).to(DType.BF16), there = narrow.to(Device.META);
            assertThat(there.type()).isEqualTo(DType.BF16);
            assertThat(narrow.to(Device.CPU)).isSameAs(narrow);
            assertThat(Tensor.ones(2).add(narrow).toFloats()).containsExactly(2, 3);
        });
    }

    /** A crash would end the process, and with it this test. */
    @Test void operandsOfAnotherDeviceOrTypeAreNamedWithTheOperation() {
        Scope.run(() -> {
            Tensor here = Tensor.zeros(2, 3), there = here.to(Device.META), narrow = here.to(DType.BF16);
            refused(() -> here.add(there), "add[F32[2, 3] on cpu, F32[2, 3] on meta]: ", "same device");
            refused(() -> there.addInPlace(here), "add[F32[2, 3] on meta, F32[2, 3] on cpu]: ", "same device");
            refused(() -> Tensor.rmsNorm(here, there.narrow(0, 0, 1).squeeze(0), 1e-5),
                    "rmsNorm[F32[2, 3] on cpu, F32[3] on meta]: ", "same device");
            refused(() -> here.matmul(narrow.transpose(0, 1)), "matmul[F32[2, 3], BF16[3, 2]]: ", "dtype");
            refused(() -> Tensor.linear(here, narrow, null), "linear[F32[2, 3], BF16[2, 3]]: ", "dtype");
            refused(() -> here.matmul(here), "matmul[F32[2, 3], F32[2, 3]]: ", "shapes");
            refused(() -> heads(here, here, there), "attention[F32[1, 1, 2, 3] on cpu, F32[1, 1, 2, 3] on cpu, "
                    + "F32[1, 1, 2, 3] on meta]: ", "device");
            refused(() -> heads(here, narrow, narrow), "attention[F32[1, 1, 2, 3], BF16[1, 1, 2, 3], ", "dtype");
        });
    }

    private static Tensor heads(Tensor q, Tensor k, Tensor v) {
        return Tensor.attention(q.view(1, 1, 2, 3), k.view(1, 1, 2, 3), v.view(1, 1, 2, 3), null, false, 1);
    }

    @Test void readingWhatHasNoValuesIsRefusedByName() {
        Scope.run(() -> {
            Tensor there = Tensor.shaped(2, 2), one = there.narrow(0, 0, 1).narrow(1, 0, 1);
            for (Supplier<Object> reading : List.<Supplier<Object>>of(there::toFloats, there::toInts, there::toLongs,
                    one::item, there::norm, there::isFinite)) {
                assertThatThrownBy(reading::get).isInstanceOf(TensorException.class).hasMessageContaining("on meta");
            }
            assertThatThrownBy(() -> there.bytes(0, 4)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> SafeTensors.write(folder.resolve("none"), Map.of("w", there)))
                    .isInstanceOf(TensorException.class);
        });
    }

    @Test void aDeviceIsNamedAsInARecipe() {
        assertThat(Device.parse("cpu")).isEqualTo(Device.CPU).hasToString("cpu");
        assertThat(Device.parse("auto").isCpu()).isEqualTo(Device.cudaDevices() == 0);
        assertThatThrownBy(() -> Device.parse("cuda:99")).isInstanceOf(UserError.class)
                .hasMessageContaining("cuda:99 is not there");
    }

    @ParameterizedTest @ValueSource(strings = {"gpu", "cuda:", "cuda:-1", "cuda:x", "CPU", "", "meta"})
    void whatIsNoDeviceIsToldWhichThereAre(String word) {
        assertThatThrownBy(() -> Device.parse(word)).isInstanceOf(UserError.class)
                .hasMessage("a device is auto, cpu, cuda or cuda:N, not " + word);
    }

    @Test void aBuildForTheCpuSaysWhatCudaTakes() {
        if (!Native.isForCuda()) {
            assertThatThrownBy(() -> Device.parse("cuda")).isInstanceOf(UserError.class)
                    .hasMessageContaining("cuda:0 is not there").hasMessageContaining("mvn -Pcuda")
                    .hasMessageContaining("driver");
        }
    }

    @NeedsCuda @Test void aCudaDeviceComputesWhatTheHostDoes() {
        Scope.run(() -> {
            Tensor a = RandomStream.of(1).normal(1, 5, 7), b = RandomStream.of(2).normal(1, 7, 3);
            float[] there = Device.value(Device.cuda(0), () -> RandomStream.of(1).normal(1, 5, 7)
                    .matmul(RandomStream.of(2).normal(1, 7, 3)).toFloats());
            float[] here = a.matmul(b).toFloats();
            for (int i = 0; i < here.length; i++) {
                assertThat(there[i]).isCloseTo(here[i], org.assertj.core.api.Assertions.within(1e-4f));
            }
            refused(() -> a.to(Device.cuda(0)).matmul(b), "matmul[F32[5, 7] on cuda:0, F32[7, 3] on cpu]: ", "device");
        });
    }

    private static void refused(Supplier<Tensor> operation, String named, String why) {
        assertThatThrownBy(operation::get).isInstanceOf(TensorException.class).hasMessageStartingWith(named)
                .hasMessageContaining(why);
    }
}
