package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
    private final ControlPlane controlPlane;
    private final String elsewhere;

    ConflictIT(OperatorFixture fixture, ControlPlane controlPlane) {
        this.fixture = fixture;
        this.controlPlane = controlPlane;
        this.elsewhere = controlPlane.createNamespace("elsewhere").name();
    }

    @AfterEach
    void deleteYounger() {
        younger().delete();
        eventually(
                "the newer ManagedModel is gone",
                () -> Optional.ofNullable(younger().get()),
                Optional::isEmpty);
    }

    @ParameterizedTest
    @EnumSource(DeletionPolicy.class)
    void deletedLoserLeavesTheInstanceOfTheWinner(DeletionPolicy policy) {
        fixture.applyAndAwaitLoad("older", "model: llama-3.2-1b-instruct, " + CONTESTED);
        applyYounger("model: qwen3-4b, deletionPolicy: %s, ".formatted(word(policy)) + CONTESTED);

        ManagedModel stalled = awaitYounger("IdentifierConflict");

        assertThat(AppliedModels.condition(stalled, "Stalled")).isEqualTo("True");
        assertThat(AppliedModels.message(stalled)).contains("/older");
        deleteYounger();
        assertThat(fixture.lmStudio().identifiers()).containsExactly("contested");
        assertThat(fixture.journal().calls("unload")).isEmpty();
    }

    @Test
    void loserProceedsByItselfWhenTheWinnerIsGone() {
        fixture.applyAndAwaitLoad("older", "model: llama-3.2-1b-instruct, " + CONTESTED);
        applyYounger("model: qwen3-4b, " + CONTESTED);
        awaitYounger("IdentifierConflict");

        fixture.deleteAndAwaitGone("older");

        awaitYounger("Verified");
        assertThat(fixture.lmStudio().instances())
                .extracting(SimulatedInstance::modelKey)
                .isEqualTo(List.of("qwen3-4b"));
    }

    @Test
    void loserAdoptsTheInstanceThatTheWinnerRetains() {
        fixture.applyAndAwaitLoad("older", "model: llama-3.2-1b-instruct, deletionPolicy: Retain, " + CONTESTED);
        applyYounger("model: llama-3.2-1b-instruct, " + CONTESTED);
        awaitYounger("IdentifierConflict");

        fixture.deleteAndAwaitGone("older");

        assertThat(AppliedModels.instance(awaitYounger("Verified")).adopted()).isTrue();
        assertThat(fixture.journal().calls("load")).hasSize(1);
    }

    private void applyYounger(String spec) {
        controlPlane
                .admin()
                .resource(Serialization.unmarshal("""
                        apiVersion: lmstudio-operator.dev/v1alpha1
                        kind: ManagedModel
                        metadata: {name: younger, namespace: %s}
                        spec: {%s}
                        """.formatted(elsewhere, spec), ManagedModel.class))
                .create();
    }

    private ManagedModel awaitYounger(String reason) {
        return eventually(
                        "the newer ManagedModel has the reason " + reason,
                        () -> Optional.ofNullable(younger().get()),
                        model -> model.filter(it -> Objects.equals(AppliedModels.reason(it), reason))
                                .isPresent())
                .orElseThrow();
    }

    private Resource<ManagedModel> younger() {
        return controlPlane
                .admin()
                .resources(ManagedModel.class)
                .inNamespace(elsewhere)
                .withName("younger");
    }

    private static String word(DeletionPolicy policy) {
        return Serialization.asJson(policy).replace("\"", "");
    }
}
