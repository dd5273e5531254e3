package io.weft.app.http.metric;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Named figures and their text for Prometheus (exposition format 0.0.4). Figures are registered at the start and
 * counted by any thread.
 */
public final class Metrics {
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
    /** Of one name: whatever a label is made of, memory stays bounded. */
    private static final int MOST_SERIES = 5000;
    private final Map<String, Family> families = new LinkedHashMap<>();

    private interface Family {
        void write(String name, StringBuilder text);
    }

    /** A sum that only grows, for each combination of label values. */
    public final class Counter implements Family {
        private final Series<DoubleAdder> series;

        private Counter(String help, List<String> labels) { series = new Series<>(help, labels, DoubleAdder::new); }

        /** @param values of the labels, in their order */
        public void add(double more, String... values) { series.of(values).add(more); }

        @Override public void write(String name, StringBuilder text) {
            series.head(name, "counter", text);
            series.each((labels, sum) -> line(text, name, labels, sum.sum()));
        }
    }

    /** How values lie, for each combination of label values. */
    public final class Histogram implements Family {
        private final double[] bounds;
        private final Series<Buckets> series;

        private Histogram(String help, List<String> labels, double[] bounds) {
            this.bounds = bounds.clone();
            series = new Series<>(help, labels, () -> new Buckets(bounds.length + 1));
        }

        /** @param values of the labels, in their order */
        public void observe(double value, String... values) {
            Buckets buckets = series.of(values);
            int at = Arrays.binarySearch(bounds, value);    // a bound belongs to its own bucket
            buckets.counts[at < 0 ? -at - 1 : at].increment();
            buckets.sum.add(value);
        }

        @Override public void write(String name, StringBuilder text) {
            series.head(name, "histogram", text);
            series.each((labels, buckets) -> {
                long count = 0;
                for (int i = 0; i <= bounds.length; i++) {
                    count += buckets.counts[i].sum();
                    String bound = "le=\"" + (i < bounds.length ? number(bounds[i]) : "+Inf") + "\"";
                    line(text, name + "_bucket", labels.isEmpty() ? bound : labels + "," + bound, count);
                }
                line(text, name + "_sum", labels, buckets.sum.sum());
                line(text, name + "_count", labels, count);
            });
        }
    }

    private static final class Buckets {
        private final LongAdder[] counts;
        private final DoubleAdder sum = new DoubleAdder();

        Buckets(int count) { counts = IntStream.range(0, count).mapToObj(i -> new LongAdder())
                .toArray(LongAdder[]::new); }
    }

    public Counter counter(String name, String help, String... labels) {
        return register(name, new Counter(help, List.of(labels)));
    }

    /** @param bounds upper ends of the buckets, ascending; one without an end is added */
    public Histogram histogram(String name, String help, double[] bounds, String... labels) {
        return register(name, new Histogram(help, List.of(labels), bounds));
    }

    /** A figure as it is when it is asked for; left out while it is not known. */
    public void gauge(String name, String help, Supplier<OptionalDouble> value) { read(name, help, "gauge", value); }

    /** A sum that only grows and that is kept elsewhere. */
    public void sum(String name, String help, Supplier<OptionalDouble> value) { read(name, help, "counter", value); }

    private void read(String name, String help, String kind, Supplier<OptionalDouble> value) {
        register(name, (Family) (called, text) -> value.get().ifPresent(found -> {
            new Series<>(help, List.of(), () -> "").head(called, kind, text);
            line(text, called, "", found);
        }));
    }

    private synchronized <F extends Family> F register(String name, F family) {
        if (!name.matches("[a-zA-Z_:][a-zA-Z0-9_:]*") || families.putIfAbsent(name, family) != null) {
            throw new IllegalArgumentException(name);
        }
        return family;
    }

    /** All of them. */
    public synchronized String text() {
        StringBuilder text = new StringBuilder();
        families.forEach((name, family) -> family.write(name, text));
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String labels, double value) {
        text.append(name).append(labels.isEmpty() ? "" : "{" + labels + "}").append(' ').append(number(value))
                .append('\n');
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? String.valueOf((long) value)
                : String.valueOf(value);
    }

    /** The members of one family by their labels, as they stand in the text. */
    private static final class Series<T> {
        private final String help;
        private final List<String> labels;
        private final Supplier<T> maker;
        private final Map<String, T> members = new ConcurrentHashMap<>();

        Series(String help, List<String> labels, Supplier<T> maker) {
            this.help = help;
            this.labels = labels;
            this.maker = maker;
        }

        T of(String... values) {
            if (values.length != labels.size()) {
                throw new IllegalArgumentException(labels + " " + List.of(values));
            }
            String key = IntStream.range(0, values.length)
                    .mapToObj(i -> labels.get(i) + "=\"" + escaped(values[i]) + "\"").collect(Collectors.joining(","));
            return Optional.ofNullable(members.get(key)).orElseGet(() -> members.size() < MOST_SERIES
                    ? members.computeIfAbsent(key, unused -> maker.get())
                    : members.computeIfAbsent(labels.stream().map(label -> label + "=\"other\"")
                    .collect(Collectors.joining(",")), unused -> maker.get()));
        }

        void head(String name, String kind, StringBuilder text) {
            text.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ')
                    .append(kind).append('\n');
        }

        void each(BiConsumer<String, T> what) {
            members.entrySet().stream().sorted(Map.Entry.comparingByKey())
                    .forEach(entry -> what.accept(entry.getKey(), entry.getValue()));
        }

        private static String escaped(String value) {
            return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        }
    }
}
