package io.weft.tensor;

import io.weft.golden.Golden;
import io.weft.problem.Language;
import io.weft.problem.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TorchFileTest {
    private static final float[] SIX = {0, 1, 2, 3, 4, 5};
    @TempDir Path folder;
    private Language language;

    @BeforeEach void english() {
        language = Language.current();
        Language.use(Language.ENGLISH);
    }

    @AfterEach void back() { Language.use(language); }

    /** What exactly stands in it is this set's own matter; the tests below pin values. */
    @Test void goldenFilesOfTorchAreReadWithTheirViewsAndTheirNesting() {
        int ran = 0;
        for (Path folder : Golden.folders("misc", "torch_save.pt")) {
            ran += Scope.value(() -> {
                TorchFile read = TorchFile.open(folder.resolve("torch_save.pt"));
                assertThat(read.names()).as("nested names").anyMatch(name -> name.contains("."));
                assertThat(read.names()).as("views").anyMatch(name -> !read.entry(name).isContiguous());
                for (String name : read.names()) {
                    Tensor tensor = read.read(name);
                    double[] values = tensor.type() == DType.I64 ? Arrays.stream(tensor.toLongs()).asDoubleStream()
                            .toArray() : doubles(tensor.toFloats());
                    assertThat(values).as(name).hasSize((int) Arrays.stream(tensor.shape()).reduce(1, (a, b) -> a * b))
                            .doesNotContain(Double.NaN);
                }
                return read.names().size();
            });
        }
        Golden.ran("tensors of torch.save", ran);
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    @Test void contiguousTurnedOffsetSharedAndEmptyTensorsComeOutRight() throws IOException {
        Pickle pickle = new Pickle().global("collections", "OrderedDict").op(')', 'R', 'q', 0, '(').text("whole")
                .tensor("Float", "0", 2, 3).op('q', 1)
                .text("turned").tensor("Float", "0", 6, 0, new long[] {3, 2}, new long[] {1, 3})
                .text("column").tensor("Float", "0", 6, 2, new long[] {2}, new long[] {3})
                .text("row").tensor("Float", "0", 6, 3, new long[] {1, 3}, new long[] {99, 1})
                .text("empty").tensor("Float", "0", 6, 6, new long[] {0, 4}, new long[] {4, 1})
                .text("scalar").tensor("Float", "0", 6, 5, new long[0], new long[0])
                .text("tied").op('h', 1).text("epoch").op('K', 3).text("inner").op(']', '(', '}').text("x")
                .op('h', 1, 's', 'N', 'e', 'u');
        pickle.op('}').text("_metadata").op('}', 's', 'b'); // what module.state_dict() hangs on its dictionary
        TorchFile read = open(TorchZip.of(pickle.done()).floats("0", SIX));
        Scope.run(() -> {
            assertThat(read.names()).containsExactly("whole", "turned", "column", "row", "empty", "scalar", "tied",
                    "inner.0.x");
            assertThat(read.read("whole").toFloats()).containsExactly(SIX);
            assertThat(read.read("turned").toFloats()).containsExactly(0, 3, 1, 4, 2, 5);
            assertThat(read.read("turned").bytes(0, 24).getFloat(4)).as("contiguous in memory").isEqualTo(3);
            assertThat(read.read("column").toFloats()).containsExactly(2, 5);
            assertThat(read.read("row").toFloats()).containsExactly(3, 4, 5);
            assertThat(read.read("empty").shape()).containsExactly(0, 4);
            assertThat(read.read("scalar").toFloats()).containsExactly(5);
            assertThat(read.read("tied").toFloats()).containsExactly(SIX);
            assertThat(read.read("inner.0.x").toFloats()).containsExactly(SIX);
        });
        assertThat(read.names().stream().filter(name -> read.entry(name).isContiguous()))
                .containsExactly("whole", "row", "empty", "scalar", "tied", "inner.0.x");
    }

    @Test void anEntryTellsWhereTheBytesLie() throws IOException {
        TorchFile read = open(TorchZip.of(new Pickle().op('}').text("w").tensor("Float", "0", 2, 3).op('s').done())
                .floats("0", SIX));
        TensorFile.Entry entry = read.entry("w");
        assertThat(entry.start() % 64).isZero();
        assertThat(entry.length()).isEqualTo(24);
        byte[] bytes = Arrays.copyOfRange(Files.readAllBytes(read.file()), (int) entry.start(),
                (int) (entry.start() + entry.length()));
        assertThat(java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).getFloat(20)).isEqualTo(5);
    }

    @Test void protocolFourParametersAndZip64AreRead() throws IOException {
        byte[] whole = new Pickle(4).op(0x95, 9, 0, 0, 0, 0, 0, 0, 0, '}', 0x94, 0x8c, 1).ascii("w").op(0x94, 0x8c, 12)
                .ascii("torch._utils").op(0x94, 0x8c, 18).ascii("_rebuild_parameter")
                .op(0x94, 0x93, 0x94).op('(').tensor("Half", "0", 3).op(0x88).global("collections", "OrderedDict")
                .op(')', 'R', 't', 'R', 's').done();
        TorchFile read = open(TorchZip.of(whole).with("archive/data/0", new byte[] {0, 0x3c, 0, 0x40, 0, (byte) 0xc2})
                .with("archive/byteorder", "little".getBytes()).zip64());
        Scope.run(() -> {
            assertThat(read.read("w").type()).isEqualTo(DType.F16);
            assertThat(read.read("w").toFloats()).containsExactly(1, 2, -3);
        });
    }

    /** Every way in which a pickle can name a thing; what follows the name would call it. */
    @Test void whatIsNoPartOfATensorIsRefusedByItsNameHoweverItIsNamed() throws IOException {
        for (String name : new String[] {"os system", "posix system", "builtins eval", "builtins exec",
                "builtins getattr", "subprocess Popen", "torch.storage _load_from_bytes", "torch load",
            "numpy.core.multiarray _reconstruct", "torch.nn.modules.linear Linear", "torch UntypedStorage",
            "io.weft.tensor.Tensor empty", "collections OrderedDict.fromkeys"}) {
            String[] parts = name.split(" ");
            String module = parts[0], function = parts[1], spelt = module + "." + function;
            Pickle[] attacks = {
                // REDUCE
                new Pickle().global(module, function).op('(').text("touch x").op('t', 'R'),
                new Pickle().op('}').text("w").global(module, function).text("touch x").op(0x85, 'R', 's'),
                // INST
                new Pickle().op('(').text("touch x").op('i').ascii(module + "\n" + function + "\n"),
                new Pickle().op('(').global(module, function).text("touch x").op('o'),                            // OBJ
                // NEWOBJ
                new Pickle().global(module, function).op('(').text("touch x").op('t', 0x81),
                // NEWOBJ_EX
                new Pickle(4).global(module, function).op(')', '}', 0x92),
                // STACK_GLOBAL
                new Pickle(4).text(module).text(function).op(0x93).text("touch x").op(0x85, 'R'),
                // BUILD
                new Pickle().global("collections", "OrderedDict").op(')', 'R', '}').text("__reduce__")
                .global(module, function).op('s', 'b'),
                // BINPERSID
                new Pickle().op('(').text("storage").global(module, function).text("0").text("cpu")
                .op('K', 1, 't', 'Q')};
            for (int i = 0; i < attacks.length; i++) {
                Pickle attack = attacks[i];
                assertThatThrownBy(() -> open(TorchZip.of(attack.done()).floats("0", SIX)))
                        .as("attack %d with %s", i, spelt).isInstanceOf(UserError.class).hasMessageContaining(spelt)
                        .hasMessageContaining("nothing of it was run").hasMessageContaining("weights.bin");
            }
        }
    }

    @Test void knownNamesServeNoOtherPurpose() throws IOException {
        Pickle[] attacks = {
            new Pickle().global("collections", "OrderedDict").op(']', 0x85, 'R'),
                    new Pickle().global("torch", "FloatStorage").op(')', 'R'),
            new Pickle().global("torch._utils", "_rebuild_parameter").text("x").op('N', 'N', 0x87, 'R'),
            new Pickle().global("torch._utils", "_rebuild_tensor_v2").op(')', 'R'),
            new Pickle().global("collections", "OrderedDict").op(')', 0x81),
            new Pickle().op('(').global("collections", "OrderedDict").op('o'),
            new Pickle().op('(', 'i').ascii("collections\nOrderedDict\n"), new Pickle().op('}', '}', 'b'),
            new Pickle().global("torch", "FloatStorage").op('}', 'b'),
            new Pickle().op('}').text("w").tensor("Float", "0", 2, 3).op('}', 'b', 's'),
            new Pickle().text("x").op(')', 'R'), new Pickle().op('K', 1, 'Q'), new Pickle().text("x").op('Q'),
            new Pickle().op(0x82, 1), new Pickle().op('P').ascii("0\n"), new Pickle(0), new Pickle(6)};
        for (int i = 0; i < attacks.length; i++) {
            Pickle attack = attacks[i];
            assertThatThrownBy(() -> open(TorchZip.of(attack.done()).floats("0", SIX))).as("attack %d", i)
                    .isInstanceOf(UserError.class).hasMessageContaining("weights.bin");
        }
    }

    @Test void structuresThatHoldThemselvesOrSwellAreRefused() throws IOException {
        refused(new Pickle().op('}', 'q', 0).text("me").op('h', 0, 's'), "nests deeper");
        refused(new Pickle().op('}').text("list").op(']', 'q', 0, 'h', 0, 'a', 's'), "nests deeper");
        refused(new Pickle().op(']', 'q', 0, 'h', 0, 'a', 'h', 0, 'a'), "nests deeper");
        Pickle wide = new Pickle().op('}').text("level 0").op(']', 'q', 0, 's'); // 200^3 values from a thousand bytes
        for (int level = 1; level < 4; level++) {
            wide.text("level " + level).op(']', 'q', level, '(');
            for (int i = 0; i < 200; i++) {
                wide.op('h', level - 1);
            }
            wide.op('e', 's');
        }
        refused(wide, "nests deeper, or holds more");
        Pickle deep = new Pickle();
        for (int i = 0; i < 100_000; i++) {
            deep.op('(');
        }
        refused(deep, "larger than that of any model");
        refused(new Pickle().op(']', 'h', 9, 'a'), "never made");
        refused(new Pickle().op('}', ']', 'N', 's'), "neither text nor a number");
        refused(new Pickle().op('}').text("x").op('(', 's'), "a value too few");
        refused(new Pickle().op('}').op('(').text("x").op('u'), "a key without a value");
        refused(new Pickle().op('X', 255, 255, 255, 127), "a text of");
        refused(new Pickle().op('X', 255, 255, 255, 255), "a text of");
        refused(new Pickle().op(0x8a, 255), "an integer of 255 bytes");
        refused(new Pickle().op('c').ascii("a".repeat(5000)), "a line without an end");
        refused(new Pickle().tensor("Float", "0", 2, 3), "without a name");
        refused(new Pickle().op('}').text("a.b").tensor("Float", "0", 6).op('s').text("a").op('}').text("b")
                .tensor("Float", "0", 6).op('s', 's'), "two tensors named a.b");
        refused(new Pickle().op('}').text("x".repeat(2000)).tensor("Float", "0", 6).op('s'), "longer names");
        refused(new Pickle().op('}', '}'), "a value too many");
        refused(new Pickle().op('}').text("epoch").op('K', 3, 's'), "holds no tensors");
    }

    @Test void tensorsThatDoNotFitTheirStorageAreRefused() throws IOException {
        long huge = 1L << 62;
        Pickle[] lies = {
            one("Float", "0", 6, 0, new long[] {7}, new long[] {1}),
                    one("Float", "0", 6, 1, new long[] {6}, new long[] {1}),
                    one("Float", "0", 6, 0, new long[] {3, 2}, new long[] {3, 1}),
            one("Float", "0", 6, 0, new long[] {huge, 4}, new long[] {4, 1}),
            one("Float", "0", 6, 0, new long[] {2}, new long[] {huge}),
            one("Float", "0", 6, 0, new long[] {1 << 30}, new long[] {0}),
            one("Float", "0", 6, -1, new long[] {2}, new long[] {1}),
            one("Float", "0", 6, huge, new long[] {2}, new long[] {1}),
            one("Float", "0", 6, 7, new long[] {0}, new long[] {1}),
            one("Float", "0", 6, 0, new long[] {-2}, new long[] {1}),
            one("Float", "0", 6, 0, new long[] {2}, new long[] {-1}),
            one("Float", "0", 6, 0, new long[] {2, 3}, new long[] {1}),
            one("Float", "0", 6, 0, new long[40], new long[40]),
            one("Float", "0", 5, 0, new long[] {5}, new long[] {1}),
            one("Float", "0", 7, 0, new long[] {7}, new long[] {1}),
            one("Double", "0", 6, 0, new long[] {6}, new long[] {1}),
            one("Float", "0", -6, 0, new long[] {0}, new long[] {1}),
            one("Float", "1", 6, 0, new long[] {6}, new long[] {1}),
            one("Float", "../../../etc/passwd", 6, 0, new long[] {6}, new long[] {1}),
            one("Float", "../data.pkl", 6, 0, new long[] {6}, new long[] {1}),
            new Pickle().op('}').text("w").global("torch._utils", "_rebuild_tensor_v2").op('(').storage("Float", "0", 6)
            .text("0").tuple(6).tuple(1).op(0x89, 'N', 't', 'R', 's'),
            new Pickle().op('}').text("w").global("torch._utils", "_rebuild_tensor_v2").op('(').storage("Float", "0", 6)
            .number(0).tuple(6).op('N', 0x89, 'N', 't', 'R', 's'),
            new Pickle().op('}').text("w").global("torch._utils", "_rebuild_tensor_v2").op('(').storage("Float", "0", 6)
            .number(0).tuple(6).tuple(1).op(0x89, 'N', '}').text("neg").op(0x88, 's', 't', 'R', 's')};
        for (int i = 0; i < lies.length; i++) {
            Pickle lie = lies[i];
            assertThatThrownBy(() -> open(TorchZip.of(lie.done()).floats("0", SIX))).as("lie %d", i)
                    .isInstanceOf(UserError.class).hasMessageContaining("weights.bin is not a whole torch.save file");
        }
    }

    @Test void zipsWhoseMembersLieAreRefused() throws IOException {
        byte[] pickle = one("Float", "0", 6, 0, new long[] {6}, new long[] {1}).done(), data = new byte[24];
        refused(TorchZip.of(pickle).floats("0", SIX).floats("0", SIX), "two members named archive/data/0");
        refused(TorchZip.of(pickle).with("archive/data/0", data, 24, -1, 8), "compressed");
        refused(TorchZip.of(pickle).with("archive/data/0", data, 1 << 20, -1, 0), "does not fit the file");
        refused(TorchZip.of(pickle).with("archive/data/0", data, Long.MAX_VALUE, -1, 0).zip64(),
                "does not fit the file");
        refused(TorchZip.of(pickle).with("archive/data/0", data, -24, -1, 0).zip64(), "does not fit the file");
        refused(TorchZip.of(pickle).with("archive/data/0", data, 24, 1L << 40, 0).zip64(), "does not fit the file");
        refused(TorchZip.of(pickle).with("archive/data/0", data, 24, -5, 0).with("x", data, 24, 1 << 20, 0),
                "does not fit the file");
        refused(TorchZip.of(pickle).with("archive/data/0", data, 24, 0, 0), "not where the directory says");
        refused(TorchZip.of(pickle).with("archive/data/0", data, 24, 3, 0), "not where the directory says");
        refused(TorchZip.of(pickle).with("archive/data/0", data, 200, -1, 0).with("archive/data/1", new byte[400]),
                "overlap");
        for (String outside : new String[] {"../archive/data/0", "archive/../../x", "/etc/passwd", "a\\b"}) {
            refused(TorchZip.of(pickle).floats("0", SIX).with(outside, data), "lies outside of it");
        }
        refused(TorchZip.of(pickle).floats("0", SIX).with("other/data.pkl", pickle), "2 members NAME/data.pkl");
        refused(new TorchZip().floats("0", SIX), "0 members NAME/data.pkl");
        refused(TorchZip.of(pickle).floats("0", SIX).with("archive/byteorder", "big".getBytes()), "not little-endian");
        refused(TorchZip.of(pickle), "archive/data/0 is missing");
    }

    @Test void everyTruncationAndEveryDamageEndsInAMessage() throws IOException {
        byte[] whole = TorchZip.of(one("Float", "0", 6, 0, new long[] {3, 2}, new long[] {1, 3}).done())
                .floats("0", SIX).zip64().bytes();
        Path damaged = folder.resolve("weights.bin");
        for (int length = 0; length < whole.length; length++) {
            Files.write(damaged, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> TorchFile.open(damaged)).isInstanceOf(UserError.class)
                    .hasMessageContaining("weights.bin");
        }
        Random random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] bytes = whole.clone();
            for (int flips = random.nextInt(3); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Files.write(damaged, bytes);
            try {
                // a changed value or name is no damage that the file shows
                Scope.run(() -> TorchFile.open(damaged).readAll());
            } catch (UserError expected) {
                assertThat(expected).hasMessageContaining("weights.bin");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(300);
    }

    @Test void everyTruncationOfThePickleEndsInAMessage() throws IOException {
        byte[] pickle = one("Float", "0", 6, 0, new long[] {3, 2}, new long[] {1, 3}).done();
        for (int length = 0; length < pickle.length; length++) {
            byte[] part = Arrays.copyOf(pickle, length);
            assertThatThrownBy(() -> open(TorchZip.of(part).floats("0", SIX))).isInstanceOf(UserError.class)
                    .hasMessageContaining("weights.bin is not a whole torch.save file");
        }
    }

    @ParameterizedTest @ValueSource(strings = {"", "P",
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n", "<html>not found</html>"})
    void whatIsNoTorchFileIsToldSo(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("weights.bin"), text);
        assertThatThrownBy(() -> TorchFile.open(file)).isInstanceOf(UserError.class)
                .hasMessageContaining("weights.bin is not a whole torch.save file").hasMessageContaining("git lfs");
    }

    @Test void aFileFromBeforeTheZipSaysHowToWriteItAnew() throws IOException {
        Path file = Files.write(folder.resolve("weights.bin"),
                new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46});
        assertThatThrownBy(() -> TorchFile.open(file)).isInstanceOf(UserError.class)
                .hasMessageContaining("before PyTorch 1.6").hasMessageContaining("torch.save(torch.load(");
        assertThatThrownBy(() -> TorchFile.open(folder.resolve("none.bin"))).isInstanceOf(UserError.class)
                .hasMessageContaining("none.bin: no such file");
    }

    private static Pickle one(String type, String key, long elements, long offset, long[] shape, long[] strides) {
        return new Pickle().op('}').text("w").tensor(type, key, elements, offset, shape, strides).op('s');
    }

    private TorchFile open(TorchZip zip) throws IOException {
        return TorchFile.open(Files.write(folder.resolve("weights.bin"), zip.bytes()));
    }

    private void refused(Pickle pickle, String why) throws IOException {
        refused(TorchZip.of(pickle.done()).floats("0", SIX), why);
    }

    private void refused(TorchZip zip, String why) {
        assertThatThrownBy(() -> open(zip)).as(why).isInstanceOf(UserError.class)
                .hasMessageContaining("weights.bin is not a whole torch.save file").hasMessageContaining(why);
    }
}
