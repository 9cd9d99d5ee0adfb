package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Another client has loaded a model that {@code lms ps} cannot list. The HTTP API still lists the served instances. */
@OperatorTest({
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=1s",
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL_WITHOUT_API=1s"
})
class UnlistableIT {

    /** Renewed every twelve seconds, which is more than two verification periods. */
    private static final String CHAT =
            "model: qwen3-4b, ttlSeconds: 30, verification: {settleSeconds: 0, periodSeconds: 5}";

    private final OperatorFixture fixture;

    UnlistableIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @BeforeEach
    void givenAReadyModel() {
        fixture.applyAndAwaitReady("chat", CHAT);
    }

    /** Without {@code lms}, no unload can be verified. */
    @AfterEach
    void lmsCanListAgain() {
        fixture.lmStudio().evict("theirs");
    }

    @Test
    void conditionOfTheNodeNamesTheInstanceAndTheRemedy() {
        placeUnlistable();

        Condition ready = awaitNode("False");

        assertThat(ready.getReason()).isEqualTo("UnreadableOutput");
        assertThat(ready.getMessage())
                .contains("theirs (model phi-onnx, format onnx)", "Unload it in LM Studio")
                .doesNotContain("qwen3-4b");

        fixture.lmStudio().evict("theirs");

        assertThat(awaitNode("True").getReason()).isEqualTo("Reachable");
    }

    @Test
    void modelStaysVerifiedAndIsRenewedAlsoByTheNextAgent() {
        Condition verified = ready();
        placeUnlistable();
        awaitNode("False");

        awaitMoreRenewals(2);
        assertThat(ready()).isEqualTo(verified);

        fixture.restartOperator();
        awaitMoreRenewals(2);

        assertThat(ready()).isEqualTo(verified);
        assertThat(fixture.journal().loadsOf("chat")).containsExactly("loaded");
        assertThat(fixture.journal().calls("unload")).isEmpty();
    }

    @Test
    void modelThatTheApiNoLongerListsIsNotReadyUntilLmsCanListAgain() {
        placeUnlistable();
        awaitNode("False");

        fixture.lmStudio().evict("chat");

        ManagedModel gone =
                fixture.await("chat", "is not ready", model -> !"True".equals(AppliedModels.condition(model, "Ready")));
        assertThat(AppliedModels.condition(gone, "Available")).isNotEqualTo("True");
        assertThat(fixture.journal().loadsOf("chat")).containsExactly("loaded");

        fixture.lmStudio().evict("theirs");

        fixture.awaitReadyAfterLoads("chat", 2);
    }

    private void placeUnlistable() {
        fixture.lmStudio()
                .addModel(SimulatorProcess.object().put("modelKey", "phi-onnx").put("format", "onnx"));
        fixture.lmStudio().placeInstance("phi-onnx", "theirs");
    }

    private void awaitMoreRenewals(int more) {
        long before = renewals();
        eventually("the model is renewed", this::renewals, now -> now >= before + more);
    }

    private long renewals() {
        return fixture.journal().http().stream()
                .filter(call -> call.request().startsWith("POST /v1/"))
                .filter(call -> call.status().equals(Optional.of(200)))
                .count();
    }

    private Condition ready() {
        return StatusConditions.find(
                        fixture.resource("chat").require().getStatus().conditions(), ConditionType.READY)
                .orElseThrow();
    }

    private Condition awaitNode(String status) {
        LMStudioNode reported = fixture.awaitNode("is Ready=" + status, node -> ReportedNodes.ready(node)
                .filter(ready -> ready.getStatus().equals(status))
                .isPresent());
        return ReportedNodes.ready(reported).orElseThrow();
    }
}
