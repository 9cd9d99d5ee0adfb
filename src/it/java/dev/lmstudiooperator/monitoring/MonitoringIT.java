package dev.lmstudiooperator.monitoring;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmstudiooperator.docs.Script;
import dev.lmstudiooperator.operator.OperatorFixture;
import dev.lmstudiooperator.operator.OperatorTest;
import dev.lmstudiooperator.simulator.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Runs a real Prometheus against a real operator: the scrapes, the alerts and the dashboard queries. */
@OperatorTest({
    "LMSTUDIO_OPERATOR_RETRY_DELAY=50ms",
    "LMSTUDIO_OPERATOR_CIRCUIT_BREAKER_FAILURE_THRESHOLD=5",
    "LMSTUDIO_OPERATOR_CIRCUIT_BREAKER_DELAY=3s",
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=1s"
})
@TestInstance(Lifecycle.PER_CLASS)
class MonitoringIT {

    /** An alert of ten minutes fires after ten seconds here. The rest of the time is for slow machines. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final OperatorFixture fixture;
    private final PrometheusProcess prometheus;
    private final Instant start = Instant.now();

    MonitoringIT(OperatorFixture fixture, @TempDir Path folder) {
        this.fixture = fixture;
        this.prometheus = PrometheusProcess.start(
                FastConfiguration.write(folder, fixture.operator().address(), fixture.nodeName()));
    }

    @AfterAll
    void stop() {
        prometheus.close();
    }

    @Test
    void theMetricsOfThePredecessorArriveWithTheirLabels() {
        fixture.applyAndAwaitReady("llama", LLAMA_VERIFIED_OFTEN);

        awaitSeries("lms_model_load_attempts_total{model_name='llama-3.2-1b-instruct',result='success'} >= 1");
        awaitSeries("lms_model_load_duration_seconds_bucket{model_name='llama-3.2-1b-instruct',le='600.0'} >= 1");
        awaitSeries("lms_model_verification_attempts_total{model_name='llama-3.2-1b-instruct',result='passed'} >= 1");
        awaitSeries("lms_model_verification_duration_seconds_bucket{model_name='llama-3.2-1b-instruct',le='5.0'} >= 1");
        awaitSeries("lms_active_models == 1");
        awaitSeries("lms_circuit_breaker_state{operation='reads'} == 0");
        awaitSeries("lms_autonomous_task_duration_seconds_bucket{result='ready',le='600.0'} >= 1");
        awaitSeries("lms_autonomous_task_rounds_bucket{result='ready',le='1000.0'} >= 1");
    }

    /** A metric has labels for its own namespace and node, and Prometheus keeps them. */
    @Test
    void labelsOfAMetricAreKept() {
        fixture.applyAndAwaitReady("llama", LLAMA_VERIFIED_OFTEN);

        awaitSeries("lms_managed_model_condition{namespace='%s',name='llama',type='Ready',status='True',node='%s'} == 1"
                .formatted(fixture.namespace(), fixture.nodeName()));
        awaitSeries("lms_node_agent_up{node='%s'} == 1".formatted(fixture.nodeName()));
        assertThat(prometheus.query("{__name__=~'lms_.+',exported_namespace!=''}"))
                .isEmpty();
        assertThat(prometheus.query("{__name__=~'lms_.+',exported_node!=''}")).isEmpty();
    }

    @Test
    void notReadyFiresForAModelThatIsMistypedAndStopsWhenItIsCorrected() {
        fixture.apply("llama", "model: no-such-model");

        awaitFiring("NotReady");
        assertThat(firing("NotReady"))
                .allSatisfy(labels -> assertThat(labels.path("name").asText()).isEqualTo("llama"));

        fixture.applyAndAwaitReady("llama", LLAMA_VERIFIED_OFTEN);
        awaitNotFiring("NotReady");
    }

    @Test
    void circuitBreakerOpenFiresWhileLmsFailsAndStops() {
        fixture.applyAndAwaitReady("llama", LLAMA_VERIFIED_OFTEN);
        fixture.lmStudio().fault(Fault.on("cli", "signal").with("signal", "KILL"));

        awaitFiring("CircuitBreakerOpen");

        fixture.lmStudio().revokeFaults();
        awaitNotFiring("CircuitBreakerOpen");
        fixture.awaitReady("llama");
    }

    @Test
    void queryOfTheAutoscalerCountsTheRequests() {
        String query = Script.file("chat-scaled-object.yaml")
                .lines()
                .filter(line -> line.contains("query: "))
                .map(line -> line.substring(line.indexOf("query: ") + "query: ".length()))
                .findFirst()
                .orElseThrow();
        fixture.applyAndAwaitReady("chat", LLAMA_VERIFIED_OFTEN);

        fixture.lmStudio().setActivity("chat", "generating", 5);
        awaitSeries(query + " == 5");

        fixture.lmStudio().setActivity("chat", "idle", 0);
        awaitSeries(query + " == 0");
    }

    @Test
    void everyPanelHasData() {
        fixture.applyAndAwaitReady("llama", LLAMA_VERIFIED_OFTEN);
        fixture.lmStudio().evict("llama");
        fixture.awaitReadyAfterLoads("llama", 2);
        fixture.apply("typo", "model: no-such-model");
        fixture.sets().apply("none", "replicas: 0, template: {spec: {model: qwen3-4b}}");
        fixture.services().create("chat", "app=chat");
        awaitFiring("Stalled");

        Monitoring.dashboards().stream()
                .flatMap(dashboard -> dashboard.queries().stream())
                .forEach(query -> eventually(
                        query.panel() + " has data: " + query.forEverything(),
                        PATIENCE,
                        () -> prometheus.querySince(start, query.forEverything()),
                        series -> series.stream().anyMatch(MonitoringIT::hasNumber)));
    }

    private static boolean hasNumber(JsonNode series) {
        return series.path("values")
                .valueStream()
                .anyMatch(sample -> !sample.path(1).asText().equals("NaN"));
    }

    private void awaitSeries(String query) {
        eventually(query, PATIENCE, () -> prometheus.query(query), result -> !result.isEmpty());
    }

    private void awaitFiring(String alert) {
        eventually(alert + " fires", PATIENCE, () -> firing(alert), firing -> !firing.isEmpty());
    }

    private void awaitNotFiring(String alert) {
        eventually(alert + " does not fire", PATIENCE, () -> firing(alert), List::isEmpty);
    }

    private List<JsonNode> firing(String alert) {
        return prometheus.firing().stream()
                .filter(labels -> labels.path("alertname").asText().equals(alert))
                .toList();
    }
}
