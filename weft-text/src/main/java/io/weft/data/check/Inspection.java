package io.weft.data.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.weft.data.Excerpt;
import io.weft.data.Place;
import io.weft.data.Sample;
import io.weft.data.clean.Fingerprint;
import io.weft.data.clean.FingerprintSet;
import io.weft.data.clean.Kept;
import io.weft.data.prepare.PreparedData;
import io.weft.data.prepare.PreparedRows;
import io.weft.data.read.Utf8Reader;
import io.weft.file.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * All checks over prepared data: every row is read once, by several threads, and looked at in the order of the files,
 * so the verdicts are the same whatever the number of threads. Holds some 250 bytes a row.
 *
 * @param data     what was gathered on the way, for pictures  @param verdicts of the checks that apply, in their order
 */
public record Inspection(CheckedData data, List<Verdict> verdicts) {
    private static final int BLOCK = 1 << 11;

    /** @param tokens where a model is known  @throws io.weft.problem.UserError when the data is damaged */
    public static Inspection of(PreparedData prepared, List<Check> checks, Optional<TokenFigures> tokens) {
        try (PreparedRows train = prepared.train(); PreparedRows heldOut = prepared.heldOut()) {
            CheckedData data = CheckedData.of(prepared.manifest(), prepared.kind(), rejected(prepared), tokens);
            List<Check.Judging> looks = checks.stream().filter(check -> check.applies(data))
                    .map(check -> check.on(data)).toList();
            new Walk(data, looks, train, heldOut).run();
            return new Inspection(data, looks.stream().map(Check.Judging::verdict).toList());
        }
    }

    /** The worst of the verdicts. */
    public Level level() { return verdicts.stream().map(Verdict::level).reduce(Level.PASS, Level::worse); }

    /** The verdicts of a level. */
    public List<Verdict> of(Level level) {
        return verdicts.stream().filter(verdict -> verdict.level() == level).toList();
    }

    private static List<Example> rejected(PreparedData prepared) {
        Path file = prepared.folder().resolve(PreparedData.REJECTED);
        if (prepared.manifest().counts().rejected() == 0) {
            return List.of();
        }
        List<Example> rows = new ArrayList<>();
        try (Stream<String> lines = Files.lines(file)) {
            for (String line : lines.limit(Examples.MOST).toList()) {
                JsonNode row = JsonFile.JSON.readTree(line);
                rows.add(Example.of(new Place(row.path("file").asText(), row.path("line").asInt(),
                        row.path("number").asInt()), row.path("reason").asText() + ": "
                        + Excerpt.of(row.path("row").asText())));
            }
        } catch (IOException e) {
            throw Utf8Reader.unreadable(file.toString(), e);
        }
        return rows;
    }

    private static final class Walk {
        private final CheckedData data;
        private final List<Check.Judging> looks;
        private final PreparedRows train, heldOut;
        private final FingerprintSet trained = new FingerprintSet();
        private final FingerprintSet places = new FingerprintSet();
        private final boolean repeatsOnPurpose;
        private final BitSet repeating = new BitSet(), asked = new BitSet();
        /** Of the first prompts that are held out and trained on: what the held-out row is. */
        private final Map<Long, List<Sample>> both = new TreeMap<>();

        /** A row and the fingerprint of what it asks. */
        private record Read(CheckedRow row, long asked) {}

        private Walk(CheckedData data, List<Check.Judging> looks, PreparedRows train, PreparedRows heldOut) {
            this.data = data;
            this.looks = looks;
            this.train = train;
            this.heldOut = heldOut;
            repeatsOnPurpose = data.manifest().mended().values().stream()
                    .anyMatch(step -> step.repeated() > 0 || step.added() > 0);
        }

        private void run() {
            read(train, false, this::addTrained);
            read(heldOut, true, this::addHeldOut);
            findTrained();
            new NearPass(train, heldOut).run(repeating, asked, data.near());
        }

        private void read(PreparedRows rows, boolean isHeldOut, Consumer<Read> next) {
            for (int from = 0; from < rows.size(); from += BLOCK) {
                IntStream.range(from, Math.min(rows.size(), from + BLOCK)).parallel().mapToObj(number -> {
                    Sample sample = rows.get(number);
                    return new Read(CheckedRow.of(number, isHeldOut, sample), Fingerprint.ofAsked(sample));
                }).toList().forEach(read -> {
                    count(read.row);
                    next.accept(read);
                    looks.forEach(look -> look.add(read.row));
                });
            }
        }

        private void count(CheckedRow row) {
            data.labels().add(row.sample());
            if (row.prompt() > 0) {
                data.prompts().add(row.prompt());
            }
            data.answers().add(row.answer());
        }

        private void addTrained(Read read) {
            trained.add(read.asked);
            if (isTakenAgain(read.row.sample().place()) || repeats(read)) {
                repeating.set(read.row.number());
            }
        }

        private boolean repeats(Read read) {
            return data.repeats().add(new Kept(read.row.number(), read.row.sample(), List.of()));
        }

        /** Whether it is a row of the file that a step repeats or varies on purpose. */
        private boolean isTakenAgain(Place place) {
            int known = places.size();
            return repeatsOnPurpose && places.add(Fingerprint.of(List.of(place.file(), place.line() + " "
                    + place.row()))) < known;
        }

        private void addHeldOut(Read read) {
            repeats(read);
            if (trained.contains(read.asked)) {
                asked.set(read.row.number());
                if (both.size() < Examples.MOST) {
                    both.computeIfAbsent(read.asked, first -> new ArrayList<>()).add(read.row.sample());
                }
            }
        }

        /** The training rows of the first prompts that are held out, too; all others are only counted. */
        private void findTrained() {
            int left = asked.cardinality();
            for (int row = 0; row < train.size() && !both.isEmpty(); row++) {
                Sample sample = train.get(row);
                List<Sample> held = both.remove(Fingerprint.ofAsked(sample));
                for (Sample each : held == null ? List.<Sample>of() : held) {
                    data.near().asked().add(Example.of(each.place(), sample.place(), OptionalDouble.empty(),
                            String.join(" ", each.answers())));
                    left--;
                }
            }
            data.near().asked().addCounted(left);
        }
    }
}
