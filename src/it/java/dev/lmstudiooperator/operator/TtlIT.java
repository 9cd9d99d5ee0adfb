package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every load has a TTL, and the agent renews only models with {@code KeepLoaded}. */
@WithScene
class TtlIT {

    private static final String LLAMA = "model: llama-3.2-1b-instruct, verification: {settleSeconds: 0}";

    private final Scene scene;

    TtlIT(Scene scene) {
        this.scene = scene;
    }

    @ParameterizedTest
    @FailureScenario(Category.TIME_TO_LIVE)
    @CsvSource({"KeepLoaded, 600", "Temporary, 300"})
    void everyLoadHasATtlThoughTheSpecNamesNone(String retention, long ttl) {
        scene.apply("unspecified", LLAMA + ", retention: " + retention);
        scene.awaitReadyAfterLoads("unspecified", 1);
        scene.annotate("unspecified", ManagedModel.RELOAD_ANNOTATION, "once more");

        ManagedModel ready = scene.awaitReadyAfterLoads("unspecified", 2);

        assertThat(AppliedModels.instance(ready).ttlSeconds()).isEqualTo(ttl);
        assertThat(ttlsOfLoads()).containsExactly(ttl, ttl);
        assertThat(scene.lmStudio().instances())
                .extracting(SimulatedInstance::ttl)
                .containsExactly(Optional.of(Duration.ofSeconds(ttl)));
    }

    @ParameterizedTest
    @FailureScenario(Category.TIME_TO_LIVE)
    @CsvSource({"KeepLoaded, 30", "Temporary, 30", "KeepLoaded, 604800", "Temporary, 604800"})
    void ttlOfTheSpecIsTheOneThatLmStudioGets(String retention, long ttl) {
        scene.apply("specified", LLAMA + ", retention: %s, ttlSeconds: %d".formatted(retention, ttl));

        ManagedModel ready = scene.awaitReadyAfterLoads("specified", 1);

        assertThat(AppliedModels.instance(ready).ttlSeconds()).isEqualTo(ttl);
        assertThat(ttlsOfLoads()).containsExactly(ttl);
    }

    /** Both are loaded at about the same time, so that both would be due for a renewal at about the same time. */
    @Test
    @FailureScenario(Category.TIME_TO_LIVE)
    void idleTemporaryModelIsNotRenewedWhileTheKeptOneBesideItIs() {
        scene.apply("temporary", LLAMA + ", retention: Temporary, ttlSeconds: 30");
        scene.awaitReadyAfterLoads("temporary", 1);
        scene.apply("kept", LLAMA + ", ttlSeconds: 30");
        scene.awaitReadyAfterLoads("kept", 1);

        eventually("the kept model is renewed", this::answers, answers -> answers.contains("answered by kept"));
        scene.lmStudio().advanceClock(Duration.ofSeconds(20));

        ManagedModel expired = scene.awaitReason("temporary", "Expired");
        assertThat(AppliedModels.condition(expired, "Available")).isEqualTo("False");
        assertThat(AppliedModels.reason(scene.awaitReady("kept"))).isEqualTo("Verified");
        assertThat(answers()).doesNotContain("answered by temporary");
        assertThat(scene.lmStudio().journal().loadsOf("temporary")).containsExactly("loaded");
        assertThat(scene.lmStudio().journal().loadsOf("kept")).containsExactly("loaded");
    }

    private List<Long> ttlsOfLoads() {
        return scene.lmStudio().journal().loads().stream()
                .map(load -> load.raw().path("ttlSeconds").asLong())
                .toList();
    }

    private List<String> answers() {
        return scene.lmStudio().journal().effects().stream()
                .filter(effect -> effect.startsWith("answered by "))
                .toList();
    }
}
