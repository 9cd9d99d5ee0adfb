package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
import static dev.lmstudiooperator.operator.ModelSpecs.NOT_SETTLING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.metrics.Label;
import dev.lmstudiooperator.metrics.Metric;
import dev.lmstudiooperator.simulator.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The metrics that the operator reports after certain events. */
@OperatorTest({
    "LMSTUDIO_OPERATOR_CIRCUIT_BREAKER_FAILURE_THRESHOLD=5",
    "LMSTUDIO_OPERATOR_CIRCUIT_BREAKER_DELAY=2s",
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=1s",
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL_WITHOUT_API=1s"
})
class MetricsIT {

    private static final String OF_LLAMA = "model_name=llama-3.2-1b-instruct";
    private static final String OF_QWEN = "model_name=qwen3-4b";
    private static final Pattern QUOTED = Pattern.compile("`([a-z]+_[a-z_]*)…?`");
    private static final List<String> EXPOSED_AFTER_THE_FIRST =
            List.of("reconciliations_failure_total", "reconciliations_retries_total");
    private static final List<String> SUFFIXES_OF_HISTOGRAMS = List.of("_bucket", "_sum", "_count", "_max");

    private final OperatorFixture fixture;

    MetricsIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @BeforeEach
    void awaitNoSeriesOfThePreviousTest() {
        await("there are no series of a model", scrape -> scrape.of("lms_model_evictions_total")
                .isEmpty());
    }

    @Test
    void exactlyTheDocumentedMetricsAreExposed() {
        fixture.applyAndAwaitReady("chat", LLAMA_VERIFIED_OFTEN);
        fixture.models().sets().apply("none", "replicas: 0, template: {spec: {model: qwen3-4b}}");
        fixture.services().create("none", "app=none");

        MetricsScrape reported = eventually("every metric has a sample", this::scrape, scrape -> names(scrape)
                .containsAll(exposedNames()));

        fixture.models().sets().deleteAll();
        fixture.services().deleteAll();
        assertThat(names(reported)).containsExactlyInAnyOrderElementsOf(exposedNames());
        assertThat(Metric.all()).allSatisfy(metric -> {
            assertThat(samples(reported, metric))
                    .allSatisfy(sample -> assertThat(sample.labels()).containsOnlyKeys(labelNames(metric, sample)));
            assertThat(metric.labels())
                    .filteredOn(label -> !label.values().isEmpty())
                    .allSatisfy(label -> assertThat(valuesOf(label, samples(reported, metric)))
                            .isSubsetOf(label.values()));
            assertThat(bounds(reported, metric))
                    .containsExactlyInAnyOrderElementsOf(metric.type().buckets());
        });
        assertThat(reported.of("lms_build_info", "role=all")).singleElement().satisfies(build -> {
            assertThat(build.value()).isEqualTo(1);
            assertThat(build.label("version")).matches("\\d+\\.\\d+\\.\\d+.*");
            assertThat(build.label("revision")).matches("[0-9a-f]{40}|unknown");
            assertThat(build.label("java_version"))
                    .startsWith(String.valueOf(Runtime.version().feature()));
        });
    }

    @Test
    void documentedMetricsOfTheFrameworksAreExposed() throws IOException {
        List<String> named = Files.readAllLines(Path.of("docs", "metrics.md")).stream()
                .dropWhile(line -> !line.equals("## Metrics of the frameworks"))
                .flatMap(line -> QUOTED.matcher(line).results())
                .map(quoted -> quoted.group(1))
                .filter(name -> !EXPOSED_AFTER_THE_FIRST.contains(name))
                .toList();

        assertThat(named).contains("reconciliations_success_total", "jvm_");
        assertThat(fixture.operator().get("/q/metrics").lines()).satisfies(lines -> assertThat(named)
                .allSatisfy(name -> assertThat(lines).anyMatch(line -> line.contains(name))));
    }

    @Test
    void loadIsCountedWithItsVerificationAndItsEpisode() {
        MetricsScrape before = scrape();
        fixture.applyAndAwaitReady("loaded", LLAMA_VERIFIED_OFTEN);

        MetricsScrape after = await(
                "the convergence is counted",
                scrape -> increase(before, scrape, "lms_autonomous_task_duration_seconds_count", "result=ready") == 1);

        assertThat(after.value("lms_model_load_attempts_total", OF_LLAMA, "result=success"))
                .hasValue(1);
        assertThat(after.value("lms_model_load_duration_seconds_count", OF_LLAMA))
                .hasValue(1);
        assertThat(after.value("lms_model_verification_attempts_total", OF_LLAMA, "result=passed")
                        .orElse(0))
                .isGreaterThanOrEqualTo(1);
        assertThat(after.value("lms_model_verification_duration_seconds_count", OF_LLAMA)
                        .orElse(0))
                .isGreaterThanOrEqualTo(1);
        assertThat(increase(before, after, "lms_cli_executions_total", "operation=load", "result=success"))
                .isEqualTo(1);
        assertThat(increase(before, after, "lms_cli_duration_seconds_count", "operation=load"))
                .isEqualTo(1);
        assertThat(increase(before, after, "lms_status_writes_total", "result=success"))
                .isGreaterThanOrEqualTo(1);
        assertThat(after.value("lms_active_models")).hasValue(1);
        assertThat(after.value("lms_unmanaged_instances")).hasValue(0);
        assertThat(condition(after, "loaded", "Ready")).isEqualTo("True");
        assertThat(condition(after, "loaded", "Scheduled")).isEqualTo("True");
    }

    @Test
    void loadThatFailsIsCountedAsSuch() {
        MetricsScrape before = scrape();
        fixture.lmStudio().fault(Fault.on("load", "loadFails"));
        fixture.apply("failing", LLAMA_VERIFIED_OFTEN);

        MetricsScrape after = await(
                "the failure is counted",
                scrape -> increase(before, scrape, "lms_model_load_attempts_total", OF_LLAMA, "result=failure") >= 1);

        assertThat(after.value("lms_model_load_attempts_total", OF_LLAMA, "result=success"))
                .hasValue(0);
        assertThat(increase(before, after, "lms_cli_executions_total", "operation=load", "result=engine_failed"))
                .isGreaterThanOrEqualTo(1);
        await("it is not ready", scrape -> condition(scrape, "failing", "Ready").equals("False"));
    }

    @Test
    void convergenceThatRequiresManualInterventionIsCountedAsStalled() {
        fixture.applyAndAwaitReady("stalled", LLAMA_VERIFIED_OFTEN);
        MetricsScrape before = scrape();

        fixture.apply("stalled", "model: no-such-model");

        MetricsScrape after = await(
                "the convergence is counted",
                scrape -> increase(before, scrape, "lms_autonomous_task_rounds_count", "result=stalled") == 1);
        assertThat(increase(before, after, "lms_autonomous_task_duration_seconds_count", "result=stalled"))
                .isEqualTo(1);
        await("the condition Stalled is reported", scrape -> condition(scrape, "stalled", "Stalled")
                .equals("True"));
        await("the series of the previous model are removed", scrape -> scrape.of("lms_model_evictions_total", OF_LLAMA)
                .isEmpty());
    }

    @Test
    void evictionIsCounted() {
        fixture.applyAndAwaitReady("evicted", LLAMA_VERIFIED_OFTEN);

        fixture.lmStudio().evict("evicted");

        await("the eviction is counted", scrape -> scrape.has(1, "lms_model_evictions_total", OF_LLAMA));
    }

    @Test
    void unmanagedInstancesAndSecondCopiesAreCounted() {
        fixture.lmStudio().placeInstance("qwen3-4b", "qwen3-4b");
        fixture.lmStudio().placeInstance("qwen3-4b", "qwen3-4b:2");

        MetricsScrape reported = await("both instances are counted", scrape -> scrape.has(2, "lms_active_models"));

        assertThat(reported.value("lms_unmanaged_instances")).hasValue(2);
        assertThat(reported.value("lms_duplicate_instances")).hasValue(1);
        assertThat(reported.of("lms_instance_busy")).hasSize(2);
        assertThat(reported.samples())
                .filteredOn(sample -> !sample.name().startsWith("lms_instance_"))
                .noneMatch(sample -> sample.labels().containsValue("qwen3-4b"));
        fixture.lmStudio().evict("qwen3-4b:2");
        await(
                "the series of the evicted instance are removed",
                scrape -> scrape.of("lms_instance_busy").size() == 1);
    }

    @Test
    void openCircuitBreakerIsExposedWithoutSeriesOfInstances() {
        fixture.applyAndAwaitReady("guarded", LLAMA_VERIFIED_OFTEN);
        MetricsScrape before = scrape();
        fixture.lmStudio().fault(Fault.on("cli", "signal").with("signal", "KILL"));

        MetricsScrape open = await(
                "the circuit breaker is open", scrape -> scrape.has(1, "lms_circuit_breaker_state", "operation=reads"));

        assertThat(open.of("lms_circuit_breaker_state"))
                .extracting(MetricsScrape.Sample::value)
                .containsOnly(1.0);
        assertThat(increase(before, open, "lms_cli_executions_total", "operation=list_loaded", "result=killed"))
                .isGreaterThanOrEqualTo(1);
        assertThat(open.of("lms_active_models")).isEmpty();
        assertThat(open.of("lms_instance_busy")).isEmpty();
        fixture.lmStudio().revokeFaults();
        MetricsScrape closed = await(
                "the circuit breaker is closed",
                scrape -> scrape.has(0, "lms_circuit_breaker_state", "operation=reads")
                        && scrape.has(1, "lms_active_models"));
        assertThat(closed.of("lms_circuit_breaker_state")).hasSize(4);
    }

    @Test
    void deletedManagedModelLeavesNoSeriesBehind() {
        fixture.apply("going", LLAMA_VERIFIED_OFTEN);
        fixture.apply("staying", "model: qwen3-4b, " + NOT_SETTLING);
        fixture.awaitReady("going");
        fixture.awaitReady("staying");
        assertThat(scrape().of("lms_managed_model_condition", "name=going")).isNotEmpty();

        fixture.deleteAndAwaitGone("going");

        MetricsScrape after = await("its series are gone", scrape -> scrape.samples().stream()
                .map(MetricsScrape.Sample::labels)
                .noneMatch(labels -> labels.containsValue("going") || labels.containsValue("llama-3.2-1b-instruct")));
        assertThat(after.of("lms_managed_model_condition", "name=staying")).isNotEmpty();
        assertThat(after.value("lms_model_load_attempts_total", OF_QWEN, "result=success"))
                .hasValue(1);
    }

    private MetricsScrape await(String claim, Predicate<MetricsScrape> isSo) {
        return eventually(claim, this::scrape, isSo);
    }

    private MetricsScrape scrape() {
        return MetricsScrape.of(fixture.operator());
    }

    private static double increase(MetricsScrape before, MetricsScrape after, String name, String... labels) {
        return after.value(name, labels).orElse(0) - before.value(name, labels).orElse(0);
    }

    /** The status of a condition, taken from the only sample with the value 1; empty if there is none. */
    private static String condition(MetricsScrape scrape, String name, String type) {
        return scrape.of("lms_managed_model_condition", "name=" + name, "type=" + type).stream()
                .filter(sample -> sample.value() == 1)
                .map(sample -> sample.label("status"))
                .collect(Collectors.joining());
    }

    private static List<String> exposedNames() {
        return Metric.all().stream().map(Metric::exposedName).toList();
    }

    /** Names of metrics, not of the series that make up a histogram. */
    private static List<String> names(MetricsScrape scrape) {
        return scrape.samples().stream()
                .map(sample -> metricOf(sample.name()))
                .distinct()
                .toList();
    }

    private static String metricOf(String series) {
        return SUFFIXES_OF_HISTOGRAMS.stream()
                .filter(series::endsWith)
                .map(suffix -> series.substring(0, series.length() - suffix.length()))
                .findFirst()
                .orElse(series);
    }

    private static List<MetricsScrape.Sample> samples(MetricsScrape scrape, Metric metric) {
        return scrape.samples().stream()
                .filter(sample -> metricOf(sample.name()).equals(metric.exposedName()))
                .toList();
    }

    private static String[] labelNames(Metric metric, MetricsScrape.Sample sample) {
        Stream<String> bound = sample.name().endsWith("_bucket") ? Stream.of("le") : Stream.empty();
        return Stream.concat(metric.labels().stream().map(Label::name), bound).toArray(String[]::new);
    }

    private static Collection<String> valuesOf(Label label, List<MetricsScrape.Sample> samples) {
        return samples.stream().map(sample -> sample.label(label.name())).collect(Collectors.toSet());
    }

    private static Collection<Double> bounds(MetricsScrape scrape, Metric metric) {
        return samples(scrape, metric).stream()
                .map(sample -> sample.label("le"))
                .filter(bound -> !bound.isEmpty() && !bound.equals("+Inf"))
                .map(Double::valueOf)
                .collect(Collectors.toSet());
    }
}
