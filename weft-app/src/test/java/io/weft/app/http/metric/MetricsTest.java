package io.weft.app.http.metric;

import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Figures and their text. */
class MetricsTest {
    private final Metrics metrics = new Metrics();

    @Test void figuresAreReadByAReaderOfTheFormat() {
        Metrics.Counter asked = metrics.counter("asked_total", "Questions.", "route", "key");
        asked.add(1, "/a", "say \"hi\"\\\n");
        asked.add(2.5, "/a", "say \"hi\"\\\n");
        asked.add(1, "/b", "");
        Metrics.Histogram took = metrics.histogram("took_seconds", "Time.", new double[] {0.1, 1}, "route");
        took.observe(0.1, "/a");
        took.observe(0.5, "/a");
        took.observe(7, "/a");
        metrics.gauge("waiting", "Those that wait.", () -> OptionalDouble.of(3));
        metrics.gauge("unknown", "What this system does not tell.", OptionalDouble::empty);
        metrics.sum("cpu_seconds_total", "Time.", () -> OptionalDouble.of(1.25));
        Map<String, Double> read = PrometheusText.read(metrics.text());
        assertThat(read).containsEntry("asked_total{key=\"say \\\"hi\\\"\\\\\\n\",route=\"/a\"}", 3.5)
                .containsEntry("asked_total{key=\"\",route=\"/b\"}", 1.0)
                .containsEntry("took_seconds_bucket{le=\"0.1\",route=\"/a\"}", 1.0)
                .containsEntry("took_seconds_bucket{le=\"1\",route=\"/a\"}", 2.0)
                .containsEntry("took_seconds_bucket{le=\"+Inf\",route=\"/a\"}", 3.0)
                .containsEntry("took_seconds_count{route=\"/a\"}", 3.0).containsEntry("waiting", 3.0)
                .containsEntry("cpu_seconds_total", 1.25);
        assertThat(read.get("took_seconds_sum{route=\"/a\"}")).isCloseTo(7.6, within(
                1e-9));
        assertThat(read.keySet()).noneMatch(name -> name.startsWith("unknown"));
    }

    @Test void whateverLabelsAreMadeOfMemoryIsBounded() {
        Metrics.Counter counter = metrics.counter("x_total", "X.", "a");
        for (int i = 0; i < 20_000; i++) {
            counter.add(1, "value " + i);
        }
        Map<String, Double> read = PrometheusText.read(metrics.text());
        assertThat(read).hasSizeLessThan(6000);
        assertThat(read.values().stream().mapToDouble(Double::doubleValue).sum()).isEqualTo(20_000);
        assertThat(read.get("x_total{a=\"other\"}")).isGreaterThan(10_000);
    }

    @Test void aNameIsThereOnceAndFit() {
        metrics.counter("x_total", "X.");
        assertThatThrownBy(() -> metrics.counter("x_total", "X.")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> metrics.counter("x-total", "X.")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test void theReaderOfTheFormatRefusesWhatLeavesIt() {
        for (String wrong : new String[] {"x 1", "x 1\n", "# HELP x X.\n# TYPE x gauge\ny 1\n",
            "# HELP x X.\n# TYPE x gauge\nx 1\nx 2\n", "# HELP x X.\n# TYPE x gauge\nx{a=\"b\"c\"} 1\n",
            "# HELP x X.\n# TYPE x histogram\nx_bucket{le=\"1\"} 2\nx_bucket{le=\"+Inf\"} 1\nx_sum 1\nx_count 1\n",
            "# HELP x X.\n# TYPE x histogram\nx_bucket{le=\"+Inf\"} 1\nx_sum 1\nx_count 2\n"}) {
            assertThatThrownBy(() -> PrometheusText.read(wrong)).as(wrong).isInstanceOf(Throwable.class);
        }
    }
}
