package dev.lmstudiooperator.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wall between nodes: what each of the operator's service accounts may change of a ManagedModel. */
@WithControlPlane
class NodeWallIT {

    private static final String STATUS = "{status: {phase: Ready}}";
    private static final String ADD_FINALIZER = "{metadata: {finalizers: [lmstudio-operator.dev/agent]}}";
    private static final String REMOVE_FINALIZERS = "{metadata: {finalizers: null}}";
    private static final String UNBIND = "{status: {nodeName: null}}";

    private final WallScene scene;
    private final Account agent = Account.agentOn("n1");
    private final Account all = Account.allOn("n1");

    NodeWallIT(ControlPlane controlPlane, TestNamespace namespace) {
        scene = new WallScene(controlPlane, namespace);
    }

    // The agent, on its own node

    @Test
    void anAgentWritesTheStatusOfAModelOnItsNode() {
        String model = scene.modelOn("n1");

        scene.as(agent).patchStatus(model, STATUS);

        assertThat(scene.stored(model).getStatus().phase()).isNotNull();
    }

    @Test
    void anAgentAppliesTheStatusOnTheServerSide() {
        String model = scene.modelOn("n1");

        scene.as(agent).applyStatus(model, "{phase: Ready}");

        assertThat(scene.stored(model).getStatus().phase()).isNotNull();
    }

    @Test
    void anAgentAddsItsFinalizerAndRemovesItAgain() {
        String model = scene.modelOn("n1");

        scene.as(agent).patch(model, ADD_FINALIZER);
        assertThat(scene.stored(model).getFinalizers()).containsExactly(ManagedModel.FINALIZER);

        scene.as(agent).patch(model, REMOVE_FINALIZERS);
        assertThat(scene.stored(model).getFinalizers()).isEmpty();
    }

    @Test
    void anAgentAppliesItsFinalizerOnTheServerSide() {
        String model = scene.modelOn("n1", "labels: {team: a}");

        scene.as(agent).applyFinalizer(model);

        assertThat(scene.stored(model).getFinalizers()).containsExactly(ManagedModel.FINALIZER);
    }

    @Test
    void anAgentDoesNotBringADeletedModelBack() {
        assertThatThrownBy(() -> scene.as(agent).applyFinalizer("long-gone"))
                .isInstanceOf(KubernetesClientException.class);

        assertThat(scene.exists("long-gone")).isFalse();
    }

    @Test
    void anAgentLetsADeletedModelGo() {
        String model = scene.modelOn("n1");
        scene.as(agent).patch(model, ADD_FINALIZER);
        scene.delete(model);

        scene.as(agent).patchStatus(model, STATUS);
        scene.as(agent).patch(model, REMOVE_FINALIZERS);

        assertThat(scene.exists(model)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{spec: {model: other}}",
                "{spec: {suspend: true}}",
                "{spec: {ttlSeconds: 60}}",
                "{spec: {load: {gpu: max}}}"
            })
    void anAgentDoesNotChangeTheSpec(String change) {
        String model = scene.modelOn("n1");

        denied(() -> scene.as(agent).patch(model, change), "may not change the spec of ManagedModel " + path(model));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{metadata: {labels: {team: b}}}",
                "{metadata: {annotations: {lmstudio-operator.dev/reload: again}}}",
                "{metadata: {ownerReferences: [{apiVersion: v1, kind: Node, name: n1, uid: any}]}}"
            })
    void anAgentDoesNotChangeOtherMetadata(String change) {
        String model = scene.modelOn("n1");

        denied(() -> scene.as(agent).patch(model, change), "may not change labels, annotations or ownerReferences");
    }

    @Test
    void anAgentDoesNotRemoveLabelsOrAnnotationsEither() {
        String model = scene.modelOn("n1", "labels: {team: a}, annotations: {note: keep}");

        denied(() -> scene.as(agent).patch(model, "{metadata: {labels: null}}"), "may not change labels");
        denied(() -> scene.as(agent).patch(model, "{metadata: {annotations: {note: null}}}"), "may not change labels");
    }

    @Test
    void anAgentLeavesTheFinalizersOfOthersAlone() {
        String model = scene.modelOn("n1", "finalizers: [example.org/backup]");

        denied(() -> scene.as(agent).patch(model, REMOVE_FINALIZERS), "only the finalizer lmstudio-operator.dev/agent");
        denied(
                () -> scene.as(agent).patch(model, "{metadata: {finalizers: [example.org/backup, example.org/mine]}}"),
                "only the finalizer lmstudio-operator.dev/agent");
    }

    @Test
    void anAgentDoesNotGiveItsModelToAnotherNode() {
        String model = scene.modelOn("n1");

        denied(
                () -> scene.as(agent).patchStatus(model, "{status: {nodeName: n2}}"),
                "may not set status.nodeName of ManagedModel " + path(model) + ": only the controller binds");
        denied(() -> scene.as(agent).patchStatus(model, UNBIND), "only the controller binds");
    }

    // The agent, elsewhere

    @Test
    void anAgentDoesNotTouchAModelOfAnotherNode() {
        String model = scene.modelOn("n2");
        String reason = "lmstudio-operator-agent of node n1 may not change ManagedModel " + path(model)
                + ", which is on node n2";

        denied(() -> scene.as(agent).patchStatus(model, STATUS), reason);
        denied(() -> scene.as(agent).applyStatus(model, "{phase: Ready}"), reason);
        denied(() -> scene.as(agent).patch(model, ADD_FINALIZER), reason);
        denied(() -> scene.as(agent).patchStatus(model, "{status: {nodeName: n1}}"), reason);
    }

    @Test
    void anAgentDoesNotTouchAModelWithoutANode() {
        String model = scene.modelOn(null);
        String reason = "which has no node yet: only the controller binds it";

        denied(() -> scene.as(agent).patchStatus(model, STATUS), reason);
        denied(() -> scene.as(agent).patchStatus(model, "{status: {nodeName: n1}}"), reason);
        denied(() -> scene.as(agent).patch(model, ADD_FINALIZER), reason);
    }

    @Test
    void aTokenThatNamesNoNodeChangesNothing() {
        String model = scene.modelOn("n1");
        String reason = "with a token that names no node: run it as a Pod on its node, or make its token with"
                + " `kubectl create token --bound-object-kind Node --bound-object-name <node>`";

        for (Account account : new Account[] {agent.withoutNode(), all.withoutNode()}) {
            denied(() -> scene.as(account).patchStatus(model, STATUS), account.name() + " may change no");
            denied(() -> scene.as(account).patchStatus(model, STATUS), reason);
            denied(() -> scene.as(account).patch(model, ADD_FINALIZER), reason);
        }
    }

    @Test
    void aTokenThatNamesNoNodeDoesNotChangeAModelWithoutANode() {
        String model = scene.modelOn(null);

        denied(() -> scene.as(all.withoutNode()).patchStatus(model, STATUS), "a token that names no node");
    }

    @Test
    void nobodyOfTheOperatorCreatesOrDeletesModels() {
        String model = scene.modelOn("n1");

        for (Account account : new Account[] {agent, all, Account.controller()}) {
            denied(() -> scene.as(account).create("made-by-operator"), "cannot create resource \"managedmodels\"");
            denied(() -> scene.as(account).delete(model), "cannot delete resource \"managedmodels\"");
        }
    }

    @Test
    void theWallKeepsLaterAccountsFromCreatingAndDeletingEvenIfRbacDoesNot() {
        String model = scene.modelOn("n1");

        denied(() -> scene.asMightyAccount().create("made-by-operator"), "may neither create nor delete ManagedModels");
        denied(() -> scene.asMightyAccount().delete(model), "may neither create nor delete ManagedModels");
    }

    // The controller

    @Test
    void theControllerBindsToAnyNode() {
        String model = scene.modelOn(null);

        scene.as(Account.controller()).patchStatus(model, "{status: {nodeName: n2}}");

        assertThat(scene.stored(model).getStatus().nodeName()).isEqualTo("n2");
    }

    @Test
    void theControllerWritesTheStatusOfALostAgent() {
        String model = scene.modelOn("n1");

        assertThatCode(() -> scene.as(Account.controller()).patchStatus(model, STATUS))
                .doesNotThrowAnyException();
    }

    @Test
    void theControllerChangesNothingButTheStatus() {
        String model = scene.modelOn("n1");

        denied(
                () -> scene.as(Account.controller()).patch(model, "{spec: {suspend: true}}"),
                "cannot patch resource \"managedmodels\"");
    }

    // Controller and agent in one process

    @Test
    void theOneProcessBindsToItsOwnNode() {
        String model = scene.modelOn(null);

        scene.as(all).patchStatus(model, "{status: {nodeName: n1}}");
        scene.as(all).patch(model, ADD_FINALIZER);
        scene.as(all).patchStatus(model, STATUS);

        assertThat(scene.stored(model).getStatus().nodeName()).isEqualTo("n1");
    }

    @Test
    void theOneProcessBindsWhatIsPinnedToItsNode() {
        String model = scene.modelPinnedTo("n1");

        scene.as(all).patchStatus(model, "{status: {nodeName: n1}}");

        assertThat(scene.stored(model).getStatus().nodeName()).isEqualTo("n1");
    }

    @Test
    void theOneProcessDoesNotBindToAnotherNode() {
        String model = scene.modelOn(null);

        denied(
                () -> scene.as(all).patchStatus(model, "{status: {nodeName: n2}}"),
                "may not set status.nodeName of ManagedModel " + path(model) + " to n2: it binds only to its own node");
    }

    @Test
    void theOneProcessDoesNotBindWhatIsPinnedToAnotherNode() {
        String model = scene.modelPinnedTo("n2");

        denied(
                () -> scene.as(all).patchStatus(model, "{status: {nodeName: n1}}"),
                "and not what spec.nodeName pins to another");
    }

    @Test
    void theOneProcessSaysWhyItCannotBind() {
        String model = scene.modelPinnedTo("n2");

        scene.as(all).patchStatus(model, "{status: {phase: Pending}}");

        assertThat(scene.stored(model).getStatus().phase()).isNotNull();
    }

    @Test
    void theOneProcessPutsNoFinalizerOnAModelWithoutANode() {
        String model = scene.modelOn(null);

        denied(() -> scene.as(all).patch(model, ADD_FINALIZER), "only on ManagedModels of its own node");
    }

    @Test
    void theOneProcessDoesNotTakeBackABinding() {
        String model = scene.modelOn("n1");

        denied(() -> scene.as(all).patchStatus(model, UNBIND), "only the controller binds");
    }

    @Test
    void theOneProcessDoesNotTouchAModelOfAnotherNode() {
        String model = scene.modelOn("n2");
        String reason = "lmstudio-operator-all of node n1 may not change";

        denied(() -> scene.as(all).patchStatus(model, STATUS), reason);
        denied(() -> scene.as(all).patchStatus(model, "{status: {nodeName: n1}}"), reason);
    }

    @Test
    void theOneProcessDoesNotChangeSpecOrLabels() {
        for (String model : new String[] {scene.modelOn("n1"), scene.modelOn(null)}) {
            denied(() -> scene.as(all).patch(model, "{spec: {suspend: true}}"), "may not change the spec");
            denied(() -> scene.as(all).patch(model, "{metadata: {labels: {team: b}}}"), "may not change labels");
        }
    }

    private static void denied(ThrowingCallable attempt, String reason) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(KubernetesClientException.class, refusal -> assertThat(refusal.getCode())
                        .isEqualTo(403))
                .hasMessageContaining(reason);
    }

    private String path(String model) {
        return scene.namespace() + "/" + model;
    }
}
