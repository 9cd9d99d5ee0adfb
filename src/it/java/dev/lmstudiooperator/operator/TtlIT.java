package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
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
@OperatorTest
class TtlIT {

    private final OperatorFixture fixture;

    TtlIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @ParameterizedTest
    @FailureScenario(Category.TIME_TO_LIVE)
    @CsvSource({"KeepLoaded, 600", "Temporary, 300"})
    void everyLoadHasATtlIfTheSpecHasNone(String retention, long ttl) {
        fixture.applyAndAwaitLoad("unspecified", LLAMA + ", retention: " + retention);
        fixture.annotate("unspecified", ManagedModel.RELOAD_ANNOTATION, "once more");

        ManagedModel ready = fixture.awaitReadyAfterLoads("unspecified", 2);

        assertThat(AppliedModels.instance(ready).ttlSeconds()).isEqualTo(ttl);
        assertThat(ttlsOfLoads()).containsExactly(ttl, ttl);
        assertThat(fixture.lmStudio().instances())
                .extracting(SimulatedInstance::ttl)
                .containsExactly(Optional.of(Duration.ofSeconds(ttl)));
    }

    @ParameterizedTest
    @FailureScenario(Category.TIME_TO_LIVE)
    @CsvSource({"KeepLoaded, 30", "Temporary, 30", "KeepLoaded, 604800", "Temporary, 604800"})
    void ttlOfTheSpecIsPassedToLmStudio(String retention, long ttl) {
        fixture.apply("specified", LLAMA + ", retention: %s, ttlSeconds: %d".formatted(retention, ttl));

        ManagedModel ready = fixture.awaitReadyAfterLoads("specified", 1);

        assertThat(AppliedModels.instance(ready).ttlSeconds()).isEqualTo(ttl);
        assertThat(ttlsOfLoads()).containsExactly(ttl);
    }

    /** Both are loaded at about the same time, so that both would be due for a renewal at about the same time. */
    @Test
    @FailureScenario(Category.TIME_TO_LIVE)
    void idleTemporaryModelIsNotRenewedWhileTheKeptOneBesideItIs() {
        fixture.applyAndAwaitLoad("temporary", LLAMA + ", retention: Temporary, ttlSeconds: 30");
        fixture.applyAndAwaitLoad("kept", LLAMA + ", ttlSeconds: 30");

        eventually("the kept model is renewed", this::answers, answers -> answers.contains("answered by kept"));
        fixture.lmStudio().advanceClock(Duration.ofSeconds(20));

        ManagedModel expired = fixture.awaitReason("temporary", "Expired");
        assertThat(AppliedModels.condition(expired, "Available")).isEqualTo("False");
        assertThat(AppliedModels.reason(fixture.awaitReady("kept"))).isEqualTo("Verified");
        assertThat(answers()).doesNotContain("answered by temporary");
        assertThat(fixture.journal().loadsOf("temporary")).containsExactly("loaded");
        assertThat(fixture.journal().loadsOf("kept")).containsExactly("loaded");
    }

    private List<Long> ttlsOfLoads() {
        return fixture.journal().loads().stream()
                .map(load -> load.raw().path("ttlSeconds").asLong())
                .toList();
    }

    private List<String> answers() {
        return fixture.journal().effects().stream()
                .filter(effect -> effect.startsWith("answered by "))
                .toList();
    }
}
