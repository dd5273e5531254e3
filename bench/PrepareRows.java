import io.weft.data.OverLength;
import io.weft.data.Sample;
import io.weft.data.prepare.CleanRows;
import io.weft.data.prepare.DataSettings;
import io.weft.data.prepare.PreparedData;
import io.weft.data.prepare.PreparedRows;
import io.weft.data.prepare.Preparation;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

/**
 * PrepareRows FILE OUT: parses and cleans a file of rows, prepares it, reads all of it back in order and 100,000 rows
 * by number.
 */
public final class PrepareRows {
    public static void main(String[] arguments) {
        parse(Path.of(arguments[0]));
        long begun = System.nanoTime();
        DataSettings settings = new DataSettings(arguments[0], "auto", OptionalInt.empty(), Optional.empty(), 1024,
                true,
                OverLength.CUT, "0.1");
        PreparedData data = Preparation.prepare(settings, 42, Path.of(arguments[1]));
        System.out.printf("prepared %,d rows in %.1f s%n", data.manifest().counts().read(), seconds(begun));
        begun = System.nanoTime();
        try (PreparedRows rows = data.train()) {
            System.out.printf("verified in %.1f s%n", seconds(begun));
            begun = System.nanoTime();
            long characters = 0;
            for (Sample row : rows) {
                characters += row.answers().get(0).length();
            }
            System.out.printf("read %,d rows in order in %.1f s (%,d characters of answers)%n", rows.size(),
                    seconds(begun), characters);
            begun = System.nanoTime();
            Random random = new Random(42);
            for (int i = 0; i < 100_000; i++) {
                rows.get(random.nextInt(rows.size()));
            }
            System.out.printf("100,000 rows by number in %.1f s%n", seconds(begun));
        }
        long peak = ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage).mapToLong(usage -> usage.getUsed()).sum();
        System.out.printf("heap: at most %,d MB, peaks of its pools together %,d MB%n",
                Runtime.getRuntime().maxMemory() >> 20, peak >> 20);
    }

    private static void parse(Path file) {
        long begun = System.nanoTime();
        int count = 0;
        try (CleanRows rows = CleanRows.open(file, DataSettings.DEFAULTS, kind -> true, OptionalInt.empty())) {
            while (rows.hasNext()) {
                rows.next();
                count++;
            }
        }
        System.out.printf("parsed and cleaned %,d rows in %.1f s (%,.0f rows/s)%n", count, seconds(begun),
                count / seconds(begun));
    }

    private static double seconds(long begun) { return (System.nanoTime() - begun) / 1e9; }
}
