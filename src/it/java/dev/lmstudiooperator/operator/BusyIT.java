package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.ControlPlane;
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
@WithScene({"LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=2s", "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL_WITHOUT_API=2s"
})
class BusyIT {

    private static final String SERVED = "model: llama-3.2-1b-instruct, drainSeconds: 0, "
            + "verification: {settleSeconds: 0, periodSeconds: 5, timeoutSeconds: 1, failureThreshold: 2, stuckSeconds: 60%s}";
    private static final String INFERENCE = SERVED.formatted(", mode: Inference");

    private static final String CHAT = "http:POST /v1/chat/completions";

    private final Scene scene;
    private final ControlPlane controlPlane;

    BusyIT(Scene scene, ControlPlane controlPlane) {
        this.scene = scene;
        this.controlPlane = controlPlane;
    }

    @Test
    void verifiedModelThatIsBusyWithClientsStaysReady() {
        scene.apply("busy", INFERENCE);
        scene.awaitReason("busy", "Verified");
        try (SeenReasons reasons = new SeenReasons(scene, "busy")) {
            scene.lmStudio().setActivity("busy", "generating", 3);
            awaitUndecidedChecks(3);

            assertThat(reasons.all()).containsOnly("Verified");
            assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();
            assertThat(scene.lmStudio().journal().loadsOf("busy")).containsExactly("loaded");
        }
    }

    /** The request of the verification itself makes the instance busy. */
    @Test
    void verifiedModelThatAnswersTooSlowlyStaysReady() {
        scene.apply("slow", INFERENCE);
        scene.awaitReason("slow", "Verified");
        try (SeenReasons reasons = new SeenReasons(scene, "slow")) {
            scene.lmStudio().set("inferenceMillis", 4_000);
            awaitUndecidedChecks(3);

            assertThat(reasons.all()).containsOnly("Verified");
            assertThat(AppliedModels.proof(scene.awaitReady("slow")).consecutiveFailures())
                    .isIn(null, 0);
            assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();
        }
    }

    @Test
    void modelThatWasNeverVerifiedAndIsBusyIsUnknown() {
        scene.lmStudio().fault(Fault.on(CHAT, "hang"));
        scene.lmStudio()
                .placeInstance(SimulatorProcess.object()
                        .put("modelKey", "llama-3.2-1b-instruct")
                        .put("identifier", "never")
                        .put("ttlMs", 600_000)
                        .put("status", "generating")
                        .put("queued", 2));
        scene.apply("never", INFERENCE + ", ttlSeconds: 600");

        ManagedModel unknown = scene.awaitReason("never", "Busy");

        assertThat(AppliedModels.condition(unknown, "Ready")).isEqualTo("Unknown");
        assertThat(AppliedModels.condition(unknown, "Stalled")).isNotEqualTo("True");
        scene.lmStudio().revokeFaults();
        scene.lmStudio().setActivity("never", "idle", 0);
        scene.awaitReason("never", "Verified");
        assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();
        assertThat(scene.lmStudio().journal().calls("load")).isEmpty();
    }

    @Test
    void idleModelThatDoesNotAnswerIsReloadedAfterTheThreshold() {
        scene.apply("broken", INFERENCE);
        scene.awaitReadyAfterLoads("broken", 1);
        scene.lmStudio().fault(Fault.on(CHAT, "hang"));

        ManagedModel failed = scene.awaitReason("broken", "VerificationFailed");
        eventually(
                "the instance is unloaded",
                () -> scene.lmStudio().journal().calls("unload", "broken"),
                calls -> !calls.isEmpty());
        scene.lmStudio().revokeFaults();

        assertThat(AppliedModels.condition(failed, "Ready")).isEqualTo("False");
        assertThat(AppliedModels.reason(scene.awaitReadyAfterLoads("broken", 2)))
                .isEqualTo("Verified");
    }

    /** In the mode Served, only the renewals send requests to the model. */
    @Test
    void idleModelWhoseRenewalsAreNotAnsweredIsReloadedInTheModeServedToo() {
        scene.apply("broken", SERVED.formatted("") + ", ttlSeconds: 30");
        scene.awaitReadyAfterLoads("broken", 1);
        scene.lmStudio().fault(Fault.on(CHAT, "hang"));

        ManagedModel failed = scene.awaitReason("broken", "VerificationFailed");
        eventually(
                "the instance is unloaded",
                () -> scene.lmStudio().journal().calls("unload", "broken"),
                calls -> !calls.isEmpty());
        scene.lmStudio().revokeFaults();

        assertThat(AppliedModels.message(failed)).contains("No answer within 1 s");
        assertThat(AppliedModels.reason(scene.awaitReadyAfterLoads("broken", 2)))
                .isEqualTo("Verified");
        assertThat(scene.lmStudio().journal().effects()).noneMatch(effect -> effect.startsWith("expired"));
    }

    /** Sixty seconds is the minimum that the API allows. */
    @Test
    void stuckModelIsReportedAndReloadedOnlyOnRequest() {
        scene.apply("stuck", SERVED.formatted(", mode: Inference"));
        scene.apply("reloaded", SERVED.formatted(", reloadStuck: true"));
        scene.awaitReadyAfterLoads("stuck", 1);
        scene.awaitReadyAfterLoads("reloaded", 1);
        Stream.of("stuck", "reloaded").forEach(this::letARequestHang);

        ManagedModel stuck = awaitStuck("stuck");

        assertThat(AppliedModels.condition(stuck, "Ready")).isEqualTo("False");
        assertThat(AppliedModels.condition(stuck, "Stalled")).isEqualTo("True");
        assertThat(AppliedModels.message(stuck)).contains("busy without progress since", "reload the model");
        Event event = eventually(
                        "an event reports it",
                        () -> AppliedModels.eventsOf(controlPlane.admin(), scene.namespace(), "stuck").stream()
                                .filter(reported -> "Stuck".equals(reported.getReason()))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        assertThat(event.getType()).isEqualTo("Warning");
        eventually(
                "the model with reloadStuck is reloaded",
                Duration.ofSeconds(30),
                () -> scene.lmStudio().journal().loadsOf("reloaded"),
                List.of("loaded", "loaded")::equals);
        scene.awaitReadyAfterLoads("reloaded", 2);
        assertThat(AppliedModels.reason(awaitStuck("stuck"))).isEqualTo("Stuck");
        assertThat(scene.lmStudio().journal().loadsOf("stuck")).containsExactly("loaded");
        assertThat(scene.lmStudio().journal().calls("unload", "stuck")).isEmpty();
    }

    private ManagedModel awaitStuck(String name) {
        return eventually(
                name + " is stuck",
                Duration.ofSeconds(90),
                () -> scene.resource(name).get(),
                model -> "Stuck".equals(AppliedModels.reason(model)));
    }

    /** The client abandons its request, and the instance stays busy. */
    private void letARequestHang(String identifier) {
        scene.lmStudio().setStuck(identifier, true);
        HttpRequest request = HttpRequest.newBuilder(scene.lmStudio().httpUrl().resolve("/v1/chat/completions"))
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
        return MetricsScrape.of(scene.operator())
                .value("lms_model_verification_attempts_total", "result=unknown")
                .orElse(0);
    }
}
