package dev.lmstudiooperator.metrics;

import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import dev.lmstudiooperator.lmstudio.LmStudioCli.Operation;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the metrics of an agent. */
class AgentMetricsTest {

    private static final Duration SECONDS = Duration.ofSeconds(3);

    private final Scrape scrape = new Scrape();
    private final AgentMetrics metrics = new AgentMetrics(scrape.meters);

    @Test
    void loadIsCountedByItsResultAndTimed() {
        metrics.loadEnded("llama", false, SECONDS);

        assertThat(scrape.of("lms_model_load_attempts_total"))
                .containsExactly("lms_model_load_attempts_total{model_name=\"llama\",result=\"failure\",} 1.0");
        assertThat(scrape.of("lms_model_load_duration_seconds"))
                .contains(
                        "lms_model_load_duration_seconds_bucket{model_name=\"llama\",le=\"1.0\",} 0.0",
                        "lms_model_load_duration_seconds_bucket{model_name=\"llama\",le=\"5.0\",} 1.0",
                        "lms_model_load_duration_seconds_bucket{model_name=\"llama\",le=\"1200.0\",} 1.0",
                        "lms_model_load_duration_seconds_sum{model_name=\"llama\",} 3.0");
    }

    @Test
    void verificationIsCountedByItsResultAndTimed() {
        metrics.verified("llama", VerificationResult.UNKNOWN, Duration.ofMillis(20));

        assertThat(scrape.of("lms_model_verification_attempts_total"))
                .containsExactly("lms_model_verification_attempts_total{model_name=\"llama\",result=\"unknown\",} 1.0");
        assertThat(scrape.of("lms_model_verification_duration_seconds"))
                .contains(
                        "lms_model_verification_duration_seconds_bucket{model_name=\"llama\",le=\"0.01\",} 0.0",
                        "lms_model_verification_duration_seconds_bucket{model_name=\"llama\",le=\"0.05\",} 1.0");
    }

    @Test
    void modelThatIsNamedBeginsWithZeros() {
        metrics.keepOnly(Set.of("llama"));

        assertThat(scrape.of("lms_model_load_attempts_total"))
                .containsExactlyInAnyOrder(
                        "lms_model_load_attempts_total{model_name=\"llama\",result=\"success\",} 0.0",
                        "lms_model_load_attempts_total{model_name=\"llama\",result=\"failure\",} 0.0");
        assertThat(scrape.of("lms_model_evictions_total"))
                .containsExactly("lms_model_evictions_total{model_name=\"llama\",} 0.0");
    }

    @Test
    void modelWithoutAManagedModelHasNoSeries() {
        metrics.keepOnly(Set.of("llama", "qwen"));
        metrics.loadEnded("llama", true, SECONDS);
        metrics.loadEnded("qwen", true, SECONDS);

        metrics.keepOnly(Set.of("qwen"));

        assertThat(scrape.of("lms_")).noneMatch(line -> line.contains("llama"));
        assertThat(scrape.of("lms_model_load_attempts_total"))
                .contains("lms_model_load_attempts_total{model_name=\"qwen\",result=\"success\",} 1.0");
    }

    @Test
    void operationThatEndsAfterItsManagedModelLeavesNoSeries() {
        metrics.keepOnly(Set.of("llama"));
        metrics.keepOnly(Set.of());
        metrics.verified("llama", VerificationResult.PASSED, SECONDS);

        metrics.keepOnly(Set.of());

        assertThat(scrape.of("lms_model")).isEmpty();
    }

    @Test
    void modelThatIsNamedAgainStartsAtZero() {
        metrics.loadEnded("llama", true, SECONDS);
        metrics.keepOnly(Set.of());

        metrics.keepOnly(Set.of("llama"));

        assertThat(scrape.of("lms_model_load_duration_seconds_count"))
                .containsExactly("lms_model_load_duration_seconds_count{model_name=\"llama\",} 0.0");
    }

    @Test
    void runOfLmsIsCountedByTheKindOfItsFailure() {
        metrics.executed(Operation.LOAD, SECONDS, null);
        metrics.executed(
                Operation.LOAD, SECONDS, new DomainFailure(DomainFailure.Kind.INSUFFICIENT_MEMORY, "too large"));
        metrics.executed(
                Operation.LIST_LOADED,
                SECONDS,
                new InfrastructureFailure(InfrastructureFailure.Kind.TIMED_OUT, "too slow"));

        assertThat(scrape.of("lms_cli_executions_total"))
                .containsExactlyInAnyOrder(
                        "lms_cli_executions_total{operation=\"load\",result=\"success\",} 1.0",
                        "lms_cli_executions_total{operation=\"load\",result=\"insufficient_memory\",} 1.0",
                        "lms_cli_executions_total{operation=\"list_loaded\",result=\"timed_out\",} 1.0");
        assertThat(scrape.of("lms_cli_duration_seconds_count"))
                .containsExactlyInAnyOrder(
                        "lms_cli_duration_seconds_count{operation=\"load\",} 2.0",
                        "lms_cli_duration_seconds_count{operation=\"list_loaded\",} 1.0");
    }

    @ParameterizedTest
    @CsvSource({"409, conflict", "403, failure", "0, failure"})
    void writeThatFailsIsCountedAndStillFails(int code, String result) {
        KubernetesClientException refused = new KubernetesClientException("no", code, null);

        assertThatExceptionOfType(KubernetesClientException.class)
                .isThrownBy(() -> metrics.countWrite(() -> {
                    throw refused;
                }));

        assertThat(scrape.of("lms_status_writes_total"))
                .contains(
                        "lms_status_writes_total{result=\"%s\",} 1.0".formatted(result),
                        "lms_status_writes_total{result=\"success\",} 0.0");
    }

    @Test
    void writeThatSucceedsIsCounted() {
        assertThat(metrics.countWrite(() -> "written")).isEqualTo("written");

        assertThat(scrape.of("lms_status_writes_total")).contains("lms_status_writes_total{result=\"success\",} 1.0");
    }

    @Test
    void evictionsAreThoseInTheStatus() {
        metrics.statusWritten("llama", status("evictions: 1"), status("evictions: 2"));
        metrics.statusWritten("llama", status("evictions: 2"), status("evictions: 2"));

        assertThat(scrape.of("lms_model_evictions_total"))
                .containsExactly("lms_model_evictions_total{model_name=\"llama\",} 1.0");
    }

    @ParameterizedTest
    @CsvSource({
        "ready, Ready, 'True', Verified",
        "expired, Ready, 'True', Expired",
        "suspended, Ready, 'False', Suspended",
        "stalled, Stalled, 'True', ModelNotFound"
    })
    void episodeIsMeasuredWhenItEnds(String result, String type, String status, String reason) {
        ManagedModelStatus before = status("convergence: {trigger: Loading, startedTime: x, rounds: 3}");
        ManagedModelStatus after = status("""
                convergence: {trigger: Loading, startedTime: x, rounds: 7, durationMillis: 4000}
                conditions:
                - {type: %s, status: "%s", reason: %s}
                """.formatted(type, status, reason));

        metrics.statusWritten("llama", before, after);
        metrics.statusWritten("llama", after, after);

        assertThat(scrape.of("lms_autonomous_task_duration_seconds"))
                .contains(
                        "lms_autonomous_task_duration_seconds_count{result=\"%s\",} 1.0".formatted(result),
                        "lms_autonomous_task_duration_seconds_sum{result=\"%s\",} 4.0".formatted(result));
        assertThat(scrape.of("lms_autonomous_task_rounds"))
                .contains(
                        "lms_autonomous_task_rounds_bucket{result=\"%s\",le=\"5.0\",} 0.0".formatted(result),
                        "lms_autonomous_task_rounds_bucket{result=\"%s\",le=\"10.0\",} 1.0".formatted(result));
    }

    @Test
    void episodeThatGoesOnIsNotMeasured() {
        ManagedModelStatus underWay = status("convergence: {trigger: Loading, startedTime: x, rounds: 3}");

        metrics.statusWritten("llama", status(""), underWay);
        metrics.statusWritten("llama", underWay, underWay);

        assertThat(scrape.of("lms_autonomous")).isEmpty();
    }

    @Test
    void unknownValueHasNoSample() {
        metrics.instances(() -> OptionalInt.of(2), OptionalInt::empty, OptionalInt::empty);
        metrics.lastPoll(Optional::empty);

        assertThat(scrape.of("lms_active_models")).containsExactly("lms_active_models 2.0");
        assertThat(scrape.of("lms_unmanaged_instances")).isEmpty();
        assertThat(scrape.of("lms_last_poll_timestamp_seconds")).isEmpty();
    }

    @Test
    void instancesOfThisMachineAreExportedWithTheirQueues() {
        metrics.instanceActivity(() -> observation(
                instance("team-a", "qwen3-4b", Activity.GENERATING, 3, null),
                instance("KEY:2", "qwen/qwen3-8b", Activity.IDLE, 0, null),
                instance("far", "remote-big-120b", Activity.GENERATING, 1, "dev-remote-01")));

        assertThat(scrape.of("lms_instance_queued_requests"))
                .containsExactly(
                        "lms_instance_queued_requests{identifier=\"team-a\",model_name=\"qwen3-4b\",} 3.0",
                        "lms_instance_queued_requests{identifier=\"KEY:2\",model_name=\"qwen/qwen3-8b\",} 0.0");
        assertThat(scrape.of("lms_instance_busy"))
                .containsExactly(
                        "lms_instance_busy{identifier=\"team-a\",model_name=\"qwen3-4b\",} 1.0",
                        "lms_instance_busy{identifier=\"KEY:2\",model_name=\"qwen/qwen3-8b\",} 0.0");
    }

    @Test
    void instanceThatIsGoneHasNoSeries() {
        AtomicReference<Observation> current =
                new AtomicReference<>(observation(instance("team-a", "qwen3-4b", Activity.IDLE, 0, null)));
        metrics.instanceActivity(current::get);
        assertThat(scrape.of("lms_instance_")).hasSize(2);

        current.set(observation());

        assertThat(scrape.of("lms_instance_")).isEmpty();
    }

    @Test
    void instancesAreNotExportedWhileLmStudioIsUnavailable() {
        metrics.instanceActivity(() -> new Observation(unknown(), unknown(), unknown()));

        assertThat(scrape.of("lms_instance_")).isEmpty();
    }

    /** LM Studio accepts any text as an identifier. */
    @Test
    void unusualIdentifierIsExportedSanitizedAndBounded() {
        metrics.instanceActivity(() -> observation(
                instance("a\nb \u001b[1m\"c\"", "m", Activity.IDLE, 0, null),
                instance("x".repeat(2_000), "y".repeat(2_000), Activity.IDLE, 0, null)));

        assertThat(scrape.of("lms_instance_busy"))
                .hasSize(2)
                .contains("lms_instance_busy{identifier=\"a b \\\"c\\\"\",model_name=\"m\",} 0.0")
                .allMatch(line -> line.length() < 600);
    }

    /** Prometheus rejects a scrape with two samples of one series. */
    @Test
    void instancesWithTheSameLabelsAreExportedOnce() {
        metrics.instanceActivity(() -> observation(
                instance("a", "m", Activity.IDLE, 0, null), instance("a\n", "m", Activity.GENERATING, 1, null)));

        assertThat(scrape.of("lms_instance_busy")).hasSize(1);
    }

    @Test
    void lastPollIsExportedInSeconds() {
        metrics.lastPoll(() -> Optional.of(Instant.ofEpochMilli(1_500)));

        assertThat(scrape.of("lms_last_poll_timestamp_seconds")).containsExactly("lms_last_poll_timestamp_seconds 1.5");
    }

    @ParameterizedTest
    @CsvSource({"CLOSED, 0.0", "OPEN, 1.0", "HALF_OPEN, 2.0"})
    void circuitBreakerIsExportedForEachOperation(CircuitBreakerState state, String value) {
        metrics.circuitBreaker(() -> state);

        assertThat(scrape.of("lms_circuit_breaker_state"))
                .containsExactly(
                        "lms_circuit_breaker_state{operation=\"reads\",} " + value,
                        "lms_circuit_breaker_state{operation=\"mutations\",} " + value,
                        "lms_circuit_breaker_state{operation=\"downloads\",} " + value,
                        "lms_circuit_breaker_state{operation=\"server_starts\",} " + value);
    }

    @Test
    void conditionHasOneSampleForEachStatus() {
        metrics.conditions(() -> Stream.of(model()));

        assertThat(scrape.of("lms_managed_model_condition"))
                .containsExactly(
                        "lms_managed_model_condition{namespace=\"team\",name=\"chat\",type=\"Ready\",status=\"True\",} 0.0",
                        "lms_managed_model_condition{namespace=\"team\",name=\"chat\",type=\"Ready\",status=\"False\",} 1.0",
                        "lms_managed_model_condition{namespace=\"team\",name=\"chat\",type=\"Ready\",status=\"Unknown\",} 0.0");
    }

    @ParameterizedTest
    @CsvSource({"Stuck, False, 1.0", "Stuck, Unknown, 1.0", "Busy, True, 0.0", "Verified, True, 0.0"})
    void modelIsStuckWhileItsReadyConditionHasThatReason(String reason, String status, String value) {
        metrics.conditions(() -> Stream.of(model(reason, status)));

        assertThat(scrape.of("lms_model_stuck"))
                .containsExactly("lms_model_stuck{namespace=\"team\",name=\"chat\",} " + value);
    }

    @Test
    void modelWithoutAStatusIsNotExported() {
        metrics.conditions(() ->
                Stream.of(Serialization.unmarshal("metadata: {namespace: team, name: chat}", ManagedModel.class)));

        assertThat(scrape.of("lms_m")).isEmpty();
    }

    @Test
    void everyMetricHasADescription() {
        metrics.loadEnded("llama", true, SECONDS);

        assertThat(scrape.descriptionOf("lms_model_load_duration_seconds"))
                .containsExactly(
                        "# HELP lms_model_load_duration_seconds Duration of a load, failed ones included",
                        "# TYPE lms_model_load_duration_seconds histogram");
    }

    private static Observation observation(Instance... loaded) {
        return new Observation(new Reading.Known<>(List.of(loaded), Instant.EPOCH), unknown(), unknown());
    }

    private static <T> Reading<T> unknown() {
        return new Reading.Unknown<>(
                new InfrastructureFailure(InfrastructureFailure.Kind.TIMED_OUT, "too slow"), Instant.EPOCH);
    }

    private static Instance instance(
            String identifier, String modelKey, Activity activity, int queued, @Nullable String device) {
        return anInstance(identifier, modelKey)
                .activity(activity)
                .queued(queued)
                .device(device)
                .build();
    }

    private static ManagedModel model() {
        return model("Loading", "False");
    }

    private static ManagedModel model(String reason, String status) {
        return Serialization.unmarshal("""
                metadata: {namespace: team, name: chat}
                status:
                  conditions:
                  - {type: Ready, status: "%s", reason: %s}
                """.formatted(status, reason), ManagedModel.class);
    }

    private static ManagedModelStatus status(String yaml) {
        return Serialization.unmarshal("observedGeneration: 1\n" + yaml, ManagedModelStatus.class);
    }
}
