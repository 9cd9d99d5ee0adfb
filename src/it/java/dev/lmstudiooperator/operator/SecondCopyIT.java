package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.simulator.SimulatedInstance;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The agent does not unload a copy that another client loaded, even if it looks like its own load. */
@WithScene("LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=1s")
class SecondCopyIT {

    /** The identifier equals the key of the model, as in a manual load. */
    private static final String QWEN =
            "model: qwen3-4b, ttlSeconds: 600, verification: {settleSeconds: 0, periodSeconds: 5}";

    private static final Duration LOAD_TIME = Duration.ofMinutes(5);

    private final Scene scene;

    SecondCopyIT(Scene scene) {
        this.scene = scene;
    }

    @Test
    void copyThatSomebodyLoadsByHandStays() {
        scene.apply("qwen3-4b", QWEN);
        scene.awaitReady("qwen3-4b");

        assertThat(scene.lmStudio()
                        .lms("load", "qwen3-4b", "--yes", "--ttl", "600")
                        .exit())
                .isZero();

        staysAlone();
        forgetLoadByHand();
    }

    @Test
    void copyThatSomebodyLoadsWhileOurOwnLoadRunsStays() {
        scene.lmStudio().setLoadTime(LOAD_TIME);
        scene.apply("qwen3-4b", QWEN);
        eventually("the load runs", () -> scene.lmStudio().loading(), loads -> loads.size() == 1);
        scene.lmStudio()
                .placeInstance(SimulatorProcess.object()
                        .put("modelKey", "qwen3-4b")
                        .put("identifier", "qwen3-4b:2")
                        .put("ttlMs", 600_000));
        scene.lmStudio().advanceClock(LOAD_TIME);
        scene.awaitReady("qwen3-4b");

        staysAlone();
    }

    @Test
    void copyStaysWhenTheAgentIsKilledDuringItsLoad() {
        scene.lmStudio().setLoadTime(LOAD_TIME);
        scene.apply("qwen3-4b", QWEN);
        eventually("the load runs", () -> scene.lmStudio().loading(), loads -> loads.size() == 1);
        scene.lmStudio()
                .placeInstance(SimulatorProcess.object()
                        .put("modelKey", "qwen3-4b")
                        .put("identifier", "qwen3-4b:2")
                        .put("ttlMs", 600_000));
        scene.restartOperatorAfter(() -> scene.lmStudio().setLoadTime(Duration.ZERO));
        scene.awaitReady("qwen3-4b");

        staysAlone();
    }

    private void staysAlone() {
        int looks = looks();
        eventually("the agent has observed LM Studio repeatedly", this::looks, now -> now >= looks + 5);
        assertThat(scene.lmStudio().instances().stream().map(SimulatedInstance::identifier))
                .containsExactlyInAnyOrder("qwen3-4b", "qwen3-4b:2");
        assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();
        assertThat(scene.eventsOf("qwen3-4b")).doesNotContain("Duplicated");
        assertThat(AppliedModels.reason(scene.resource("qwen3-4b").require())).isEqualTo("Verified");
    }

    /** The checks after each test must cover only the calls of the agent. */
    private void forgetLoadByHand() {
        scene.deleteAndAwaitGone("qwen3-4b");
        scene.lmStudio().reset();
    }

    private int looks() {
        return scene.lmStudio().journal().calls("ps").size();
    }
}
