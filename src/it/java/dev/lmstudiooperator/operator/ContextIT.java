package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** LM Studio chooses the context length of an MLX model itself, regardless of the requested one. */
@OperatorTest
class ContextIT {

    private static final String MLX =
            "model: mlx-4b, ttlSeconds: 30, verification: {settleSeconds: 0, periodSeconds: 5}, load: {contextLength: 8192}";

    private static final int MAX_CONTEXT_LENGTH = 32_768;

    private final OperatorFixture fixture;

    ContextIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @BeforeEach
    void addModel() {
        fixture.lmStudio()
                .addModel(SimulatorProcess.object()
                        .put("modelKey", "mlx-4b")
                        .put("format", "safetensors")
                        .put("maxContextLength", MAX_CONTEXT_LENGTH));
    }

    @Test
    void largerContextThanRequestedIsReadyAndReported() {
        fixture.lmStudio().set("overrideContextLength", 16_384);
        fixture.apply("more", MLX);

        ManagedModel ready = fixture.awaitReadyAfterLoads("more", 1);
        awaitRenewals("more", 1);

        assertThat(AppliedModels.reason(ready)).isEqualTo("Verified");
        assertThat(AppliedModels.message(ready)).contains("16384 tokens instead of 8192");
        assertThat(AppliedModels.instance(ready).contextLength()).isEqualTo(16_384);
        assertThat(AppliedModels.reason(fixture.awaitReadyAfterLoads("more", 1)))
                .isEqualTo("Verified");
        assertIsLoadedOnce("more");
    }

    @Test
    void smallerContextThanRequestedIsAvailableButNotReadyAndStaysLoaded() {
        fixture.lmStudio().set("overrideContextLength", 4_096);
        fixture.apply("less", MLX);

        ManagedModel stalled = fixture.await(
                "less",
                "is available",
                model -> "SettingsNotHonored".equals(AppliedModels.reason(model))
                        && "True".equals(AppliedModels.condition(model, "Available")));
        awaitRenewals("less", 3);

        for (ManagedModel now : List.of(stalled, fixture.resource("less").get())) {
            assertThat(AppliedModels.condition(now, "Ready")).isEqualTo("False");
            assertThat(AppliedModels.condition(now, "Stalled")).isEqualTo("True");
            assertThat(AppliedModels.condition(now, "Available")).isEqualTo("True");
            assertThat(AppliedModels.message(now)).contains("the context length is 4096 instead of 8192");
        }
        assertThat(fixture.lmStudio().identifiers()).containsExactly("less");
        assertIsLoadedOnce("less");
    }

    @Test
    void specThatRequestsTheActualContextEndsTheStall() {
        fixture.lmStudio().set("overrideContextLength", 4_096);
        fixture.apply("corrected", MLX);
        fixture.awaitReason("corrected", "SettingsNotHonored");

        fixture.apply("corrected", MLX.replace("8192", "4096"));

        fixture.awaitReason("corrected", "Verified");
        assertThat(AppliedModels.condition(fixture.awaitReady("corrected"), "Stalled"))
                .isNotEqualTo("True");
    }

    @Test
    void maxIsTheContextLengthThatTheModelSupports() {
        fixture.apply("most", MLX.replace("8192", "max"));

        ManagedModel ready = fixture.awaitReadyAfterLoads("most", 1);

        assertThat(AppliedModels.instance(ready).contextLength()).isEqualTo(MAX_CONTEXT_LENGTH);
        assertThat(fixture.journal().calls("load").getFirst().argv())
                .contains("--context-length=" + MAX_CONTEXT_LENGTH);
    }

    @Test
    void lessThanMaxIsNotHonored() {
        fixture.lmStudio().set("overrideContextLength", 4_096);
        fixture.apply("most", MLX.replace("8192", "max"));

        ManagedModel stalled = fixture.awaitReason("most", "SettingsNotHonored");

        assertThat(AppliedModels.message(stalled)).contains("4096 instead of " + MAX_CONTEXT_LENGTH);
        assertThat(AppliedModels.condition(stalled, "Ready")).isEqualTo("False");
    }

    private void awaitRenewals(String name, int more) {
        long before = fixture.journal().answersBy(name);
        eventually(
                name + " is renewed",
                Duration.ofSeconds(60),
                () -> fixture.journal().answersBy(name),
                now -> now >= before + more);
    }

    private void assertIsLoadedOnce(String name) {
        assertThat(fixture.journal().loadsOf(name)).containsExactly("loaded");
        assertThat(fixture.journal().calls("unload")).isEmpty();
    }
}
