package dev.lmstudiooperator.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An identifier names one instance on a node, even if ManagedModels of several namespaces use it. */
@OperatorTest
class ConflictIT {

    /** The model settles for two seconds before it is ready, because creation times have a resolution of one second. */
    private static final String CONTESTED = "identifier: contested";

    private final OperatorFixture fixture;
    private final AppliedModels elsewhere;

    ConflictIT(OperatorFixture fixture, ControlPlane controlPlane) {
        this.fixture = fixture;
        this.elsewhere = new AppliedModels(
                controlPlane.admin(), controlPlane.createNamespace("elsewhere").name());
    }

    @AfterEach
    void deleteYounger() {
        elsewhere.deleteAndAwaitGone("younger");
    }

    @ParameterizedTest
    @EnumSource(DeletionPolicy.class)
    void deletedLoserLeavesTheInstanceOfTheWinner(DeletionPolicy policy) {
        fixture.applyAndAwaitLoad("older", "model: llama-3.2-1b-instruct, " + CONTESTED);
        elsewhere.apply("younger", "model: qwen3-4b, deletionPolicy: %s, ".formatted(word(policy)) + CONTESTED);

        elsewhere.scheduleDespiteConflict("younger", fixture.nodeName());
        ManagedModel stalled = elsewhere.awaitStalled("younger", "IdentifierConflict");

        assertThat(AppliedModels.message(stalled)).contains("/older");
        deleteYounger();
        assertThat(fixture.lmStudio().identifiers()).containsExactly("contested");
        assertThat(fixture.journal().calls("unload")).isEmpty();
    }

    @Test
    void loserProceedsByItselfWhenTheWinnerIsGone() {
        fixture.applyAndAwaitLoad("older", "model: llama-3.2-1b-instruct, " + CONTESTED);
        elsewhere.apply("younger", "model: qwen3-4b, " + CONTESTED);
        ManagedModel waiting = elsewhere.awaitReason("younger", "NoMatchingNode");
        assertThat(AppliedModels.message(waiting))
                .isEqualTo("0/1 nodes are available: 1 already has a ManagedModel with identifier contested");

        fixture.deleteAndAwaitGone("older");

        elsewhere.awaitReason("younger", "Verified");
        assertThat(fixture.lmStudio().instances())
                .extracting(SimulatedInstance::modelKey)
                .isEqualTo(List.of("qwen3-4b"));
    }

    @Test
    void loserAdoptsTheInstanceThatTheWinnerRetains() {
        fixture.applyAndAwaitLoad("older", "model: llama-3.2-1b-instruct, deletionPolicy: Retain, " + CONTESTED);
        elsewhere.apply("younger", "model: llama-3.2-1b-instruct, " + CONTESTED);
        elsewhere.scheduleDespiteConflict("younger", fixture.nodeName());
        elsewhere.awaitReason("younger", "IdentifierConflict");

        fixture.deleteAndAwaitGone("older");

        assertThat(AppliedModels.instance(elsewhere.awaitReason("younger", "Verified"))
                        .adopted())
                .isTrue();
        assertThat(fixture.journal().calls("load")).hasSize(1);
    }

    private static String word(DeletionPolicy policy) {
        return Serialization.asJson(policy).replace("\"", "");
    }
}
