package dev.lmstudiooperator.manifests;

import static dev.lmstudiooperator.manifests.RestrictionFixture.denied;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the node restriction for ManagedModels: which changes each service account of the operator is allowed to make.
 */
@WithControlPlane
class NodeRestrictionIT {

    private static final String SPEC = "spec: {model: llama}";
    private static final String STATUS = "{status: {phase: Ready}}";
    private static final String ADD_FINALIZER = "{metadata: {finalizers: [lmstudio-operator.dev/agent]}}";
    private static final String REMOVE_FINALIZERS = "{metadata: {finalizers: null}}";
    private static final String UNBIND = "{status: {nodeName: null}}";

    private final RestrictionFixture<ManagedModel> fixture;
    private final String namespace;
    private final Account agent = Account.agentOn("n1");
    private final Account unbound = agent.withoutNode();
    private final Account all = Account.allOn("n1");

    NodeRestrictionIT(ControlPlane controlPlane, TestNamespace namespace) {
        this.fixture = new RestrictionFixture<>(controlPlane, ManagedModel.class, namespace.name());
        this.namespace = namespace.name();
    }

    // The agent on its own node

    @Test
    void anAgentWritesTheStatusOfAModelOnItsNode() {
        String model = modelOn("n1");

        fixture.as(agent).patchStatus(model, STATUS);

        assertThat(fixture.stored(model).getStatus().phase()).isNotNull();
    }

    @Test
    void anAgentAppliesTheStatusOnTheServerSide() {
        String model = modelOn("n1");

        fixture.as(agent).applyStatus(model, "{phase: Ready}");

        assertThat(fixture.stored(model).getStatus().phase()).isNotNull();
    }

    @Test
    void anAgentAddsItsFinalizerAndRemovesItAgain() {
        String model = modelOn("n1");

        fixture.as(agent).patch(model, ADD_FINALIZER);
        assertThat(fixture.stored(model).getFinalizers()).containsExactly(ManagedModel.FINALIZER);

        fixture.as(agent).patch(model, REMOVE_FINALIZERS);
        assertThat(fixture.stored(model).getFinalizers()).isEmpty();
    }

    @Test
    void anAgentAppliesItsFinalizerOnTheServerSide() {
        String model = modelOn("n1", "labels: {team: a}");

        applyFinalizer(model);

        assertThat(fixture.stored(model).getFinalizers()).containsExactly(ManagedModel.FINALIZER);
    }

    @Test
    void anAgentDoesNotBringADeletedModelBack() {
        assertThatThrownBy(() -> applyFinalizer("long-gone")).isInstanceOf(KubernetesClientException.class);

        assertThat(fixture.exists("long-gone")).isFalse();
    }

    @Test
    void anAgentReleasesADeletedModel() {
        String model = modelOn("n1");
        fixture.as(agent).patch(model, ADD_FINALIZER);
        fixture.people().delete(model);

        fixture.as(agent).patchStatus(model, STATUS);
        fixture.as(agent).patch(model, REMOVE_FINALIZERS);

        assertThat(fixture.exists(model)).isFalse();
    }

    @Test
    void anAgentDoesNotGiveItsModelToAnotherNode() {
        String model = modelOn("n1");

        denied(
                () -> fixture.as(agent).patchStatus(model, "{status: {nodeName: n2}}"),
                "is not allowed to set status.nodeName of ManagedModel " + path(model)
                        + ": only the controller schedules");
        denied(() -> fixture.as(agent).patchStatus(model, UNBIND), "only the controller schedules");
        denied(() -> fixture.as(agent).patchStatus(model, "{status: null}"), "only the controller schedules");
    }

    // The agent on other nodes

    @Test
    void anAgentDoesNotTouchAModelOfAnotherNode() {
        String model = modelOn("n2");
        String reason = "lmstudio-operator-agent of node n1 is not allowed to change ManagedModel " + path(model)
                + ", which is on node n2";

        denied(() -> fixture.as(agent).patchStatus(model, STATUS), reason);
        denied(() -> fixture.as(agent).applyStatus(model, "{phase: Ready}"), reason);
        denied(() -> fixture.as(agent).patch(model, ADD_FINALIZER), reason);
        denied(() -> fixture.as(agent).patchStatus(model, "{status: {nodeName: n1}}"), reason);
    }

    @Test
    void anAgentDoesNotTouchAModelWithoutANode() {
        String model = modelOn(null);
        String reason = "which is not scheduled: only the controller schedules it";

        denied(() -> fixture.as(agent).patchStatus(model, STATUS), reason);
        denied(() -> fixture.as(agent).patchStatus(model, "{status: {nodeName: n1}}"), reason);
        denied(() -> fixture.as(agent).patch(model, ADD_FINALIZER), reason);
    }

    @Test
    void aTokenThatNamesNoNodeChangesNothing() {
        String model = modelOn("n1");
        String reason = "with a token that is not bound to a node: run it as a Pod on its node, or make its token with"
                + " `kubectl create token --bound-object-kind Node --bound-object-name <node>`";

        denied(
                () -> fixture.as(unbound).patchStatus(model, STATUS),
                "lmstudio-operator-agent is not allowed to change ManagedModels " + reason);
        denied(() -> fixture.as(unbound).applyStatus(model, "{phase: Ready}"), reason);
        denied(() -> fixture.as(unbound).patch(model, ADD_FINALIZER), reason);
    }

    @Test
    void aTokenThatNamesNoNodeDoesNotChangeAModelWithoutANode() {
        String model = modelOn(null);

        denied(() -> fixture.as(unbound).patchStatus(model, STATUS), "a token that is not bound to a node");
    }

    // The controller

    @Test
    void theControllerBindsToAnyNode() {
        String model = modelOn(null);

        fixture.as(Account.controller()).patchStatus(model, "{status: {nodeName: n2}}");

        assertThat(fixture.stored(model).getStatus().nodeName()).isEqualTo("n2");
    }

    @Test
    void theControllerWritesTheStatusOfALostAgent() {
        String model = modelOn("n1");

        assertThatCode(() -> fixture.as(Account.controller()).patchStatus(model, STATUS))
                .doesNotThrowAnyException();
    }

    @Test
    void theControllerReleasesAModelWhoseNodeIsGone() {
        String model = modelOn("n1", "finalizers: [lmstudio-operator.dev/agent]");
        fixture.people().delete(model);

        fixture.as(Account.controller()).patch(model, REMOVE_FINALIZERS);

        assertThat(fixture.exists(model)).isFalse();
    }

    // Controller and agent in one process: it can be the leader, and then acts as the controller of all nodes

    @ParameterizedTest
    @ValueSource(strings = {"n1", "n2"})
    void theCombinedRoleBindsToAnyNode(String node) {
        String model = modelOn(null);

        fixture.as(all).patchStatus(model, "{status: {nodeName: " + node + "}}");

        assertThat(fixture.stored(model).getStatus().nodeName()).isEqualTo(node);
    }

    @Test
    void theCombinedRoleIsTheAgentOfItsNode() {
        String model = modelOn("n1");

        fixture.as(all).patch(model, ADD_FINALIZER);
        fixture.as(all).patchStatus(model, STATUS);

        assertThat(fixture.stored(model).getFinalizers()).containsExactly(ManagedModel.FINALIZER);
        assertThat(fixture.stored(model).getStatus().phase()).isNotNull();
    }

    @Test
    void theCombinedRoleWritesTheStatusOfALostAgentAndReleasesItsModel() {
        String model = modelOn("n2", "finalizers: [lmstudio-operator.dev/agent]");
        fixture.people().delete(model);

        fixture.as(all).patchStatus(model, STATUS);
        fixture.as(all).patch(model, REMOVE_FINALIZERS);

        assertThat(fixture.exists(model)).isFalse();
    }

    @Test
    void theCombinedRoleLeadsWithAnyToken() {
        String model = modelOn(null);

        fixture.as(all.withoutNode()).patchStatus(model, "{status: {nodeName: n2}}");

        assertThat(fixture.stored(model).getStatus().nodeName()).isEqualTo("n2");
    }

    // Fields that no role is allowed to change on any node

    static Stream<Account> everyRole() {
        return Stream.of(Account.agentOn("n1"), Account.controller(), Account.allOn("n1"), Account.allOn("n2"));
    }

    @ParameterizedTest
    @MethodSource("everyRole")
    void operatorAccountsDoNotChangeTheSpec(Account account) {
        String model = modelOn("n1");

        for (String change : List.of("model: other", "suspend: true", "ttlSeconds: 60", "load: {gpu: max}")) {
            denied(
                    () -> fixture.as(account).patch(model, "{spec: {" + change + "}}"),
                    account.name() + " is not allowed to change the spec of ManagedModel " + path(model));
        }
    }

    @ParameterizedTest
    @MethodSource("everyRole")
    void operatorAccountsDoNotChangeOtherMetadata(Account account) {
        String model = modelOn("n1", "labels: {team: a}, annotations: {note: keep}");

        for (String change : List.of(
                "labels: {team: b}",
                "labels: null",
                "annotations: {lmstudio-operator.dev/force-release: 'true'}",
                "annotations: {note: null}",
                "ownerReferences: [{apiVersion: v1, kind: Node, name: n1, uid: any}]")) {
            denied(
                    () -> fixture.as(account).patch(model, "{metadata: {" + change + "}}"),
                    account.name() + " is not allowed to change labels, annotations or ownerReferences of ManagedModel "
                            + path(model));
        }
    }

    @ParameterizedTest
    @MethodSource("everyRole")
    void operatorAccountsDoNotChangeFinalizersOfOthers(Account account) {
        String model = modelOn("n1", "finalizers: [example.org/backup]");

        for (String change :
                List.of("null", "[example.org/backup, example.org/mine]", "[lmstudio-operator.dev/agent]")) {
            denied(
                    () -> fixture.as(account).patch(model, "{metadata: {finalizers: " + change + "}}"),
                    "is allowed to add and remove only the finalizer lmstudio-operator.dev/agent; ManagedModel "
                            + path(model));
        }
    }

    @ParameterizedTest
    @MethodSource("everyRole")
    void operatorAccountsDoNotCreateOrDeleteModels(Account account) {
        String model = modelOn("n1");
        boolean isAgent = account.equals(Account.agentOn("n1"));

        denied(
                () -> fixture.as(account).create("name: made-by-operator", SPEC),
                isAgent ? "cannot create resource \"managedmodels\"" : "is not allowed to create or delete");
        denied(
                () -> fixture.as(account).delete(model),
                isAgent ? "cannot delete resource \"managedmodels\"" : "is not allowed to create or delete");
    }

    @Test
    void theNodeRestrictionRefusesCreationAndDeletionEvenIfRbacAllowsThem() {
        String model = modelOn("n1");

        denied(
                () -> fixture.asClimber().create("name: made-by-operator", SPEC),
                "climber is not allowed to create or delete ManagedModels");
        denied(() -> fixture.asClimber().delete(model), "climber is not allowed to create or delete ManagedModels");
    }

    private String modelOn(@Nullable String node) {
        return modelOn(node, "");
    }

    private String modelOn(@Nullable String node, String metadata) {
        String model = fixture.people().create("generateName: model-, " + metadata, SPEC);
        if (node != null) {
            fixture.people().patchStatus(model, "{status: {nodeName: " + node + "}}");
        }
        return model;
    }

    /** Applies the finalizer like JOSDK. */
    private void applyFinalizer(String model) {
        fixture.as(agent).apply(model, "finalizers: [" + ManagedModel.FINALIZER + "]", "");
    }

    private String path(String model) {
        return namespace + "/" + model;
    }
}
