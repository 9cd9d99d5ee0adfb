package dev.lmstudiooperator.manifests;

import static dev.lmstudiooperator.manifests.RestrictionFixture.denied;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the node restriction for LMStudioNodes: which writes each service account of the operator is allowed to make.
 */
@WithControlPlane
class LMStudioNodeRestrictionIT {

    private static final String OWNER = "ownerReferences: [{apiVersion: v1, kind: Node, name: n1, uid: any}]";
    private static final String STATUS = "{serverVersion: 0.4.21}";

    private final RestrictionFixture<LMStudioNode> fixture;
    private final Account agent = Account.agentOn("n1");
    private final Account unbound = agent.withoutNode();
    private final Account controller = Account.controller();
    private final Account all = Account.allOn("n1");

    LMStudioNodeRestrictionIT(ControlPlane controlPlane) {
        fixture = new RestrictionFixture<>(controlPlane, LMStudioNode.class, null);
    }

    @AfterEach
    void takeTheNodesAway() {
        Stream.of("n1", "n2").forEach(fixture.people()::delete);
    }

    // The agent and its own node

    @Test
    void anAgentAppliesItsNodeAndThenItsStatus() {
        fixture.as(agent).apply("n1", "labels: {gpu: nvidia}, " + OWNER, "");
        fixture.as(agent).applyStatus("n1", STATUS);

        LMStudioNode node = fixture.stored("n1");
        assertThat(node.getMetadata().getLabels()).isEqualTo(Map.of("gpu", "nvidia"));
        assertThat(node.getMetadata().getOwnerReferences())
                .extracting(OwnerReference::getName)
                .containsExactly("n1");
        assertThat(node.getStatus().serverVersion()).isEqualTo("0.4.21");
    }

    @Test
    void anAgentCreatesItsNode() {
        fixture.as(agent).create("name: n1", "");

        assertThat(fixture.exists("n1")).isTrue();
    }

    @Test
    void anAgentMayWriteDefaults() {
        fixture.as(agent).create("name: n1", "spec: {unschedulable: false}");

        assertThat(fixture.exists("n1")).isTrue();
    }

    @Test
    void anAgentPatchesTheStatus() {
        fixture.people().create("name: n1", "");

        fixture.as(agent).patchStatus("n1", "{status: " + STATUS + "}");

        assertThat(fixture.stored("n1").getStatus().serverVersion()).isEqualTo("0.4.21");
    }

    @Test
    void anAgentChangesOnlyLabelsAndOwners() {
        fixture.people()
                .create(
                        "name: n1, annotations: {note: keep}, finalizers: [example.org/backup]",
                        "spec: {unschedulable: true, allowedNamespaces: {matchLabels: {team: a}}}");
        fixture.as(agent).apply("n1", "labels: {gpu: nvidia}, " + OWNER, "");

        fixture.as(agent).apply("n1", "labels: {gpu: amd}", "");

        LMStudioNode node = fixture.stored("n1");
        assertThat(node.getMetadata().getLabels()).isEqualTo(Map.of("gpu", "amd"));
        assertThat(node.getMetadata().getOwnerReferences()).isEmpty();
        assertThat(node.getMetadata().getAnnotations()).isEqualTo(Map.of("note", "keep"));
        assertThat(node.getSpec().unschedulable()).isTrue();
        fixture.people().patch("n1", "{metadata: {finalizers: null}}");
    }

    @Test
    void anAgentCreatesItsNodeAgain() {
        fixture.as(agent).apply("n1", OWNER, "");
        fixture.people().delete("n1");

        fixture.as(agent).apply("n1", OWNER, "");

        assertThat(fixture.exists("n1")).isTrue();
    }

    @ParameterizedTest
    @MethodSource("saidByPeople")
    void anAgentCreatesNoNodeWithASpec(String spec) {
        String reason =
                "lmstudio-operator-agent is not allowed to change the spec of LMStudioNode n1: the spec belongs to its users";

        denied(() -> fixture.as(agent).create("name: n1", "spec: {" + spec + "}"), reason);
        denied(() -> fixture.as(agent).apply("n1", "", "spec: {" + spec + "}"), reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"annotations: {note: any}", "finalizers: [lmstudio-operator.dev/agent]"})
    void anAgentCreatesNoNodeWithOtherMetadata(String metadata) {
        String reason =
                "lmstudio-operator-agent is not allowed to change annotations or finalizers of LMStudioNode n1: it"
                        + " owns only the labels and the ownerReferences";

        denied(() -> fixture.as(agent).create("name: n1, " + metadata, ""), reason);
        denied(() -> fixture.as(agent).apply("n1", metadata, ""), reason);
    }

    // The agent and other nodes

    @Test
    void anAgentDoesNotCreateAnotherNode() {
        String reason =
                "lmstudio-operator-agent of node n1 is not allowed to write LMStudioNode n2: only the one of its own node";

        denied(() -> fixture.as(agent).create("name: n2", ""), reason);
        denied(() -> fixture.as(agent).apply("n2", OWNER, ""), reason);
        denied(() -> fixture.as(agent).create("generateName: n1", ""), "is not allowed to write LMStudioNode n1");
    }

    @Test
    void anAgentDoesNotChangeAnotherNode() {
        fixture.people().create("name: n2", "");
        String reason =
                "lmstudio-operator-agent of node n1 is not allowed to write LMStudioNode n2: only the one of its own node";

        denied(() -> fixture.as(agent).patch("n2", "{metadata: {labels: {gpu: none}}}"), reason);
        denied(() -> fixture.as(agent).apply("n2", OWNER, ""), reason);
        denied(() -> fixture.as(agent).patch("n2", "{spec: {unschedulable: true}}"), reason);
        denied(() -> fixture.as(agent).patchStatus("n2", "{status: " + STATUS + "}"), reason);
        denied(() -> fixture.as(agent).applyStatus("n2", STATUS), reason);
    }

    @Test
    void aTokenThatNamesNoNodeWritesNothing() {
        fixture.people().create("name: n1", "");
        String reason = "lmstudio-operator-agent is not allowed to write LMStudioNodes with a token that is not bound"
                + " to a node: run it as a Pod on its node, or make its token with `kubectl create token --bound-object-kind Node"
                + " --bound-object-name <node>`";

        denied(() -> fixture.as(unbound).create("name: n2", ""), reason);
        denied(() -> fixture.as(unbound).apply("n1", OWNER, ""), reason);
        denied(() -> fixture.as(unbound).patch("n1", "{metadata: {labels: {gpu: none}}}"), reason);
        denied(() -> fixture.as(unbound).applyStatus("n1", STATUS), reason);
        denied(() -> fixture.as(unbound).patchStatus("n1", "{status: " + STATUS + "}"), reason);
    }

    // The controller, and controller and agent in one process

    @Test
    void theControllerWritesTheStatusOfALostAgent() {
        fixture.people().create("name: n1", "");

        fixture.as(controller).applyStatus("n1", STATUS);
        fixture.as(controller).patchStatus("n1", "{status: " + STATUS + "}");

        assertThat(fixture.stored("n1").getStatus().serverVersion()).isEqualTo("0.4.21");
    }

    @Test
    void theControllerNeitherCreatesNorChangesNodes() {
        fixture.people().create("name: n1", "");

        denied(() -> fixture.as(controller).create("name: n2", ""), "cannot create resource \"lmstudionodes\"");
        denied(
                () -> fixture.as(controller).patch("n1", "{metadata: {labels: {gpu: none}}}"),
                "cannot patch resource \"lmstudionodes\"");
    }

    @Test
    void theCombinedRoleWritesItsNodeAndTheStatusOfALostAgent() {
        fixture.people().create("name: n2", "");

        fixture.as(all).apply("n1", "labels: {gpu: nvidia}, " + OWNER, "");
        fixture.as(all).applyStatus("n1", STATUS);
        fixture.as(all).applyStatus("n2", STATUS);

        assertThat(fixture.stored("n1").getStatus().serverVersion()).isEqualTo("0.4.21");
        assertThat(fixture.stored("n2").getStatus().serverVersion()).isEqualTo("0.4.21");
    }

    // Operations that no role is allowed on any node

    static Stream<String> saidByPeople() {
        return Stream.of(
                "unschedulable: true",
                "reservedMemoryBytes: 0",
                "advertisedAddress: 'http://gpu-1:1234'",
                "allowedNamespaces: {matchLabels: {team: b}}");
    }

    static Stream<Account> writers() {
        return Stream.of(Account.agentOn("n1"), Account.allOn("n1"), Account.allOn("n2"));
    }

    @ParameterizedTest
    @MethodSource("writers")
    void operatorAccountsDoNotChangeTheSpec(Account account) {
        fixture.people().create("name: n1", "spec: {allowedNamespaces: {matchLabels: {team: a}}}");
        String reason = account.name() + " is not allowed to change the spec of LMStudioNode n1";

        saidByPeople().forEach(spec -> denied(() -> fixture.as(account).patch("n1", "{spec: {" + spec + "}}"), reason));
        denied(() -> fixture.as(account).patch("n1", "{spec: {allowedNamespaces: null}}"), reason);
        denied(() -> fixture.as(account).patch("n1", "{spec: null}"), reason);
    }

    @ParameterizedTest
    @MethodSource("writers")
    void operatorAccountsDoNotChangeOtherMetadata(Account account) {
        fixture.people().create("name: n1, annotations: {note: keep}", "");

        for (String change : new String[] {
            "annotations: {note: other}", "annotations: null", "finalizers: [lmstudio-operator.dev/agent]"
        }) {
            denied(
                    () -> fixture.as(account).patch("n1", "{metadata: {" + change + "}}"),
                    account.name() + " is not allowed to change annotations or finalizers of LMStudioNode n1");
        }
    }

    @Test
    void noAgentDeletesNodes() {
        fixture.people().create("name: n1", "");

        denied(() -> fixture.as(agent).delete("n1"), "cannot delete resource \"lmstudionodes\"");
        denied(
                () -> fixture.asClimber().delete("n1"),
                "climber is not allowed to delete LMStudioNodes: a user or the controller deletes them when the node is gone");
    }

    /** A deleted Kubernetes Node leaves such an object behind. */
    @Test
    void controllerDeletesNodes() {
        Stream.of(controller, all).forEach(account -> {
            fixture.people().create("name: n1", "");
            fixture.as(account).delete("n1");
        });
    }

    @Test
    void theNodeRestrictionRefusesOtherAccountsEvenIfRbacAllowsThem() {
        denied(
                () -> fixture.asClimber().create("name: n1", ""),
                "climber is not allowed to write LMStudioNodes with a token that");
    }
}
