package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.simulator.JournalEntry;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A load was interrupted, and this LM Studio does not report whether it continues. The agent waits for the load timeout. */
@WithScene({"LMSTUDIO_OPERATOR_LMS_LOAD_TIMEOUT=8s", "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=1s"})
class UnknownLoadIT {

    private static final String LLAMA =
            "model: llama-3.2-1b-instruct, verification: {settleSeconds: 0, periodSeconds: 5}";
    private static final Duration LONGEST_LOAD = Duration.ofSeconds(8);

    /** In LM Studio's time, which the tests advance. */
    private static final Duration LOAD_TIME = Duration.ofMinutes(5);

    private final Scene scene;

    UnknownLoadIT(Scene scene) {
        this.scene = scene;
    }

    @BeforeEach
    void tellNobodyWhatLoads() {
        scene.lmStudio().set("v0", false);
        scene.lmStudio().setLoadTime(LOAD_TIME);
    }

    @Test
    void loadThatHasEndedUnseenIsBegunAgainAfterTheBoundAndNotBefore() {
        scene.lmStudio().set("lateLoad", false);
        scene.apply("ended", LLAMA + ", retention: Temporary");
        Instant restartedAt = cutOffTheLoad();
        scene.lmStudio().setLoadTime(Duration.ZERO);

        scene.awaitReadyAfterLoads("ended", 1);

        assertThat(scene.lmStudio().journal().loadsOf("ended")).containsExactly("cancelled", "loaded");
        assertThat(secondLoad().startedAt()).isAfterOrEqualTo(restartedAt.plus(LONGEST_LOAD));
    }

    @Test
    void loadThatArrivesBeforeTheBoundIsVerifiedAfterIt() {
        scene.apply("arriving", LLAMA);
        cutOffTheLoad();
        scene.lmStudio().advanceClock(LOAD_TIME);

        scene.awaitReady("arriving");

        assertThat(scene.lmStudio().journal().loadsOf("arriving")).containsExactly("loaded");
        assertThat(scene.lmStudio().journal().calls("load")).hasSize(1);
    }

    @Test
    void loadThatGoesOnBeyondTheBoundEndsInOneInstance() {
        scene.apply("endless", LLAMA);
        Instant restartedAt = cutOffTheLoad();
        eventually("the load is retried", () -> loadCalls(), calls -> calls.size() > 1);
        assertThat(secondLoad().startedAt()).isAfterOrEqualTo(restartedAt.plus(LONGEST_LOAD));
        scene.lmStudio().setLoadTime(Duration.ZERO);

        scene.lmStudio().advanceClock(LOAD_TIME);

        scene.awaitReady("endless");
        assertThat(scene.lmStudio().instances())
                .extracting(SimulatedInstance::identifier)
                .containsExactly("endless");
        assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();
    }

    /** Returns the start time of the next operator. */
    private Instant cutOffTheLoad() {
        eventually("the load runs", () -> scene.lmStudio().loading(), loads -> loads.size() == 1);
        scene.operator().killWithChildren();
        Instant restartedAt = Instant.now();
        scene.restartOperator();
        return restartedAt;
    }

    private JournalEntry secondLoad() {
        return loadCalls().get(1);
    }

    private List<JournalEntry> loadCalls() {
        return scene.lmStudio().journal().calls("load");
    }
}
