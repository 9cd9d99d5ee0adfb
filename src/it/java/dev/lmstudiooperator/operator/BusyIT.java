package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Distinguishes instances that do not answer: busy, stuck and broken ones. */
@OperatorTest({
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=2s",
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL_WITHOUT_API=2s"
})
class BusyIT {

    private static final String SERVED = "model: llama-3.2-1b-instruct, drainSeconds: 0, "
            + "verification: {settleSeconds: 0, periodSeconds: 5, timeoutSeconds: 1, failureThreshold: 2, stuckSeconds: 60%s}";
    private static final String INFERENCE = SERVED.formatted(", mode: Inference");

    private static final String CHAT = "http:POST /v1/chat/completions";

    private final OperatorFixture fixture;

    BusyIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void verifiedModelThatIsBusyWithClientsStaysReady() {
        fixture.apply("busy", INFERENCE);
        fixture.awaitReason("busy", "Verified");
        try (SeenReasons reasons = new SeenReasons(fixture, "busy")) {
            fixture.lmStudio().setActivity("busy", "generating", 3);
            awaitUndecidedChecks(3);

            assertThat(reasons.all()).containsOnly("Verified");
            assertThat(fixture.journal().calls("unload")).isEmpty();
            assertThat(fixture.journal().loadsOf("busy")).containsExactly("loaded");
        }
    }

    /** The request of the verification itself makes the instance busy. */
    @Test
    void verifiedModelThatAnswersTooSlowlyStaysReady() {
        fixture.apply("slow", INFERENCE);
        fixture.awaitReason("slow", "Verified");
        try (SeenReasons reasons = new SeenReasons(fixture, "slow")) {
            fixture.lmStudio().set("inferenceMillis", 4_000);
            awaitUndecidedChecks(3);

            assertThat(reasons.all()).containsOnly("Verified");
            assertThat(AppliedModels.verification(fixture.awaitReady("slow")).consecutiveFailures())
                    .isIn(null, 0);
            assertThat(fixture.journal().calls("unload")).isEmpty();
        }
    }

    @Test
    void modelThatWasNeverVerifiedAndIsBusyIsUnknown() {
        fixture.lmStudio().fault(Fault.on(CHAT, "hang"));
        fixture.lmStudio()
                .placeInstance(SimulatorProcess.object()
                        .put("modelKey", "llama-3.2-1b-instruct")
                        .put("identifier", "never")
                        .put("ttlMs", 600_000)
                        .put("status", "generating")
                        .put("queued", 2));
        fixture.apply("never", INFERENCE + ", ttlSeconds: 600");

        ManagedModel unknown = fixture.awaitUnknown("never", "Busy");

        assertThat(AppliedModels.condition(unknown, "Stalled")).isNotEqualTo("True");
        fixture.lmStudio().revokeFaults();
        fixture.lmStudio().setActivity("never", "idle", 0);
        fixture.awaitReason("never", "Verified");
        assertThat(fixture.journal().calls("unload")).isEmpty();
        assertThat(fixture.journal().calls("load")).isEmpty();
    }

    @Test
    void idleModelThatDoesNotAnswerIsReloadedAfterTheThreshold() {
        fixture.applyAndAwaitLoad("broken", INFERENCE);
        ManagedModel failed = failsUntilItIsUnloaded("broken");

        assertThat(AppliedModels.condition(failed, "Ready")).isEqualTo("False");
        assertThat(AppliedModels.reason(fixture.awaitReadyAfterLoads("broken", 2)))
                .isEqualTo("Verified");
    }

    /** In the mode Served, only the renewals send requests to the model. */
    @Test
    void idleModelWhoseRenewalsAreNotAnsweredIsReloadedInTheModeServedToo() {
        fixture.applyAndAwaitLoad("broken", SERVED.formatted("") + ", ttlSeconds: 30");
        ManagedModel failed = failsUntilItIsUnloaded("broken");

        assertThat(AppliedModels.message(failed)).contains("No answer within 1 s");
        assertThat(AppliedModels.reason(fixture.awaitReadyAfterLoads("broken", 2)))
                .isEqualTo("Verified");
        assertThat(fixture.journal().effects()).noneMatch(effect -> effect.startsWith("expired"));
    }

    /** Sixty seconds is the minimum that the API allows. */
    @Test
    void stuckModelIsReportedAndReloadedOnlyOnRequest() {
        fixture.apply("stuck", SERVED.formatted(", mode: Inference"));
        fixture.apply("reloaded", SERVED.formatted(", reloadStuck: true"));
        fixture.awaitReadyAfterLoads("stuck", 1);
        fixture.awaitReadyAfterLoads("reloaded", 1);
        Stream.of("stuck", "reloaded").forEach(this::letARequestHang);

        ManagedModel stuck = awaitStuck("stuck");

        assertThat(AppliedModels.condition(stuck, "Ready")).isEqualTo("False");
        assertThat(AppliedModels.condition(stuck, "Stalled")).isEqualTo("True");
        assertThat(AppliedModels.message(stuck)).contains("busy without progress since", "reload the model");
        Event event = eventually(
                        "an event reports it",
                        () -> fixture.models().events("stuck").stream()
                                .filter(reported -> "Stuck".equals(reported.getReason()))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        assertThat(event.getType()).isEqualTo("Warning");
        eventually(
                "the model with reloadStuck is reloaded",
                Duration.ofSeconds(30),
                () -> fixture.journal().loadsOf("reloaded"),
                List.of("loaded", "loaded")::equals);
        fixture.awaitReadyAfterLoads("reloaded", 2);
        assertThat(AppliedModels.reason(awaitStuck("stuck"))).isEqualTo("Stuck");
        assertThat(fixture.journal().loadsOf("stuck")).containsExactly("loaded");
        assertThat(fixture.journal().calls("unload", "stuck")).isEmpty();
    }

    /** Returns the status that reports the failed verification. */
    private ManagedModel failsUntilItIsUnloaded(String name) {
        fixture.lmStudio().fault(Fault.on(CHAT, "hang"));
        ManagedModel failed = fixture.awaitReason(name, "VerificationFailed");
        eventually(
                "the instance is unloaded", () -> fixture.journal().calls("unload", name), calls -> !calls.isEmpty());
        fixture.lmStudio().revokeFaults();
        return failed;
    }

    private ManagedModel awaitStuck(String name) {
        return eventually(
                name + " is stuck",
                Duration.ofSeconds(90),
                () -> fixture.resource(name).get(),
                model -> "Stuck".equals(AppliedModels.reason(model)));
    }

    /** The client abandons its request, and the instance stays busy. */
    private void letARequestHang(String identifier) {
        fixture.lmStudio().setStuck(identifier, true);
        HttpRequest request = HttpRequest.newBuilder(
                        fixture.lmStudio().httpUrl().resolve("/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("""
                        {"model": "%s", "messages": [{"role": "user", "content": "hello"}]}""".formatted(identifier)))
                .timeout(Duration.ofSeconds(1))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            client.send(request, BodyHandlers.discarding());
            throw new AssertionError("A stuck instance must not answer a request");
        } catch (HttpTimeoutException expected) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitUndecidedChecks(int more) {
        double before = undecidedChecks();
        eventually("further checks are inconclusive", this::undecidedChecks, now -> now >= before + more);
    }

    private double undecidedChecks() {
        return MetricsScrape.of(fixture.operator())
                .value("lms_model_verification_attempts_total", "result=unknown")
                .orElse(0);
    }
}
