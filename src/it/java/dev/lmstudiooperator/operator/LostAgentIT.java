package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The reaction of the controller to an agent without heartbeat. The agents are fakes, the controller is real. */
@OperatorTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostAgentIT {

    private static final String ANYWHERE = "model: qwen3-4b";

    private final Cluster cluster;
    private FakeAgent one;
    private FakeAgent other;

    LostAgentIT(Cluster cluster) {
        this.cluster = cluster;
    }

    @BeforeAll
    void start() {
        cluster.addController();
        cluster.awaitReady();
    }

    @BeforeEach
    void twoNodes() {
        one = FakeAgent.start(cluster.admin(), "one", "models: [{key: qwen3-4b, sizeBytes: 1}]");
        other = FakeAgent.start(cluster.admin(), "other");
    }

    @AfterEach
    void tidyUp() {
        one.close();
        other.close();
        cluster.admin().nodes().withName("one").delete();
        ClusterCleanup.removeModelsAndNodes(cluster.admin());
    }

    @Test
    void modelOfALostAgentIsUnknownUntilItReturns() {
        ManagedModel served = served("chat", ANYWHERE);
        one.stopHeartbeat();

        ManagedModel lost = cluster.models().awaitReason("chat", "AgentLost");
        cluster.awaitNode("one", "Unknown", "AgentLost");
        cluster.nodes().awaitEvent("one", "AgentLost");

        assertThat(AppliedModels.condition(lost, "Ready")).isEqualTo("Unknown");
        assertThat(AppliedModels.condition(lost, "Available")).isEqualTo("Unknown");
        assertThat(AppliedModels.condition(lost, "Scheduled")).isEqualTo("True");
        assertThat(lost.getStatus().nodeName()).isEqualTo("one");
        assertThat(lost.getStatus().loadRevision()).isEqualTo("abc");

        one.resumeHeartbeat();
        one.report("models: [{key: qwen3-4b, sizeBytes: 1}]");
        one.serve(served);
        assertThat(AppliedModels.condition(cluster.models().awaitReason("chat", "Verified"), "Ready"))
                .isEqualTo("True");
        cluster.awaitNode("one", "True", "Reachable");
        // The controller observes the heartbeat, and considers the node schedulable again.
        cluster.models().apply("next", ANYWHERE + ", nodeName: one");
        assertThat(bound("next").getStatus().nodeName()).isEqualTo("one");
    }

    @Test
    void nothingIsScheduledToANodeWithoutHeartbeat() {
        one.stopHeartbeat();
        cluster.awaitNode("one", "Unknown", "AgentLost");

        cluster.models().apply("elsewhere", ANYWHERE);
        cluster.models().apply("pinned", ANYWHERE + ", nodeName: one");

        assertThat(bound("elsewhere").getStatus().nodeName()).isEqualTo("other");
        assertThat(AppliedModels.message(cluster.models().awaitReason("pinned", "NoMatchingNode")))
                .contains("no agent heartbeat");
        one.resumeHeartbeat();
        assertThat(bound("pinned").getStatus().nodeName()).isEqualTo("one");
    }

    @Test
    void modelOfADeletedNodeIsRescheduledAndLosesItsOldStatus() {
        served("mover", ANYWHERE);
        one.stopHeartbeat();
        cluster.models().awaitReason("mover", "AgentLost");

        cluster.node("one").delete();

        ManagedModel moved = cluster.models().await("mover", "is on the other node", model -> "other"
                .equals(model.getStatus().nodeName()));
        assertThat(moved.getStatus().loadRevision()).isNull();
        assertThat(AppliedModels.condition(moved, "Ready")).isNotEqualTo("True");
        eventually(
                "the events of the model are reported",
                () -> cluster.models().eventsOf("mover"),
                List.of("Bound", "AgentLost", "NodeGone", "Bound")::equals);
    }

    @Test
    void modelThatIsPinnedToADeletedNodeWaitsForANodeOfThatName() {
        served("faithful", ANYWHERE + ", nodeName: one");
        one.stopHeartbeat();
        cluster.node("one").delete();

        ManagedModel waiting = cluster.models().awaitReason("faithful", "NodeGone");
        assertThat(AppliedModels.condition(waiting, "Ready")).isEqualTo("False");
        assertThat(waiting.getStatus().nodeName()).isEqualTo("one");

        one = FakeAgent.start(cluster.admin(), "one");
        one.serve(waiting);
        cluster.models().awaitReason("faithful", "Verified");
    }

    @Test
    void machineThatWasReplacedUnderItsNameIsAnotherOne() {
        one.report("nodeUID: " + createKubernetesNode("one"));
        served("mover", ANYWHERE);
        ManagedModel faithful = served("faithful", ANYWHERE + ", nodeName: one");
        ManagedModel doomed = served("doomed", ANYWHERE);

        one.stopHeartbeat();
        cluster.models().resource("doomed").delete();
        cluster.admin().nodes().withName("one").delete();
        String successor = createKubernetesNode("one");

        cluster.models().await("mover", "is on the other node", model -> "other"
                .equals(model.getStatus().nodeName()));
        cluster.models().awaitGone(doomed.getMetadata().getName());
        assertThat(AppliedModels.message(cluster.models().awaitReason("faithful", "NodeGone")))
                .contains("its Kubernetes Node was replaced by another one");

        // The agent of the successor has the same name, but another machine.
        one.resumeHeartbeat();
        one.report("nodeUID: " + successor);
        one.serve(faithful);
        cluster.models().awaitReason("faithful", "Verified");
        cluster.awaitNode("one", "True", "Reachable");
        cluster.models().apply("next", ANYWHERE + ", nodeName: one");
        assertThat(bound("next").getStatus().nodeName()).isEqualTo("one");
    }

    /**
     * A garbage collector would delete the object too, but there is none here. Agents outside the cluster have none either.
     */
    @Test
    void nodeOfARemovedMachineIsDeletedWhenItsHeartbeatStops() {
        one.report("nodeUID: " + createKubernetesNode("one"));
        served("mover", ANYWHERE);
        cluster.admin().nodes().withName("one").delete();
        // While the agent is alive, the controller does not act.
        cluster.models().apply("witness", ANYWHERE);
        bound("witness");
        assertThat(cluster.node("one").get()).isNotNull();

        one.stopHeartbeat();

        eventually(
                "the LMStudioNode is gone",
                () -> Optional.ofNullable(cluster.node("one").get()),
                Optional::isEmpty);
        assertThat(cluster.node("other").get()).isNotNull();
        cluster.models().await("mover", "is on the other node", model -> "other"
                .equals(model.getStatus().nodeName()));
    }

    @Test
    void deletedNodeOfALivingAgentChangesNothing() {
        ManagedModel served = served("steady", ANYWHERE);
        cluster.node("one").delete();

        cluster.models().apply("witness", ANYWHERE);
        bound("witness");

        ManagedModel after = cluster.models().resource("steady").get();
        assertThat(after.getStatus()).isEqualTo(served.getStatus());
    }

    @Test
    void modelOnADeletedNodeCanBeDeleted() {
        served("doomed", ANYWHERE);
        one.stopHeartbeat();
        cluster.models().awaitReason("doomed", "AgentLost");
        cluster.models().resource("doomed").delete();
        assertThat(cluster.models().resource("doomed").get()).isNotNull();

        cluster.node("one").delete();

        cluster.models().awaitGone("doomed");
        cluster.models().awaitEvent("doomed", "Released");
    }

    @Test
    void deletionOnANodeWithoutHeartbeatReportsTheRemedyAndCanBeForced() {
        served("stuck", ANYWHERE);
        one.stopHeartbeat();
        cluster.models().awaitReason("stuck", "AgentLost");
        cluster.models().resource("stuck").delete();

        ManagedModel held = cluster.models()
                .await("stuck", "reports how to force the deletion", model -> AppliedModels.message(model)
                        .contains("kubectl annotate"));
        assertThat(AppliedModels.message(held)).contains(ManagedModel.FORCE_RELEASE_ANNOTATION + "=true");

        cluster.models().annotate("stuck", ManagedModel.FORCE_RELEASE_ANNOTATION, "true");
        cluster.models().awaitGone("stuck");
    }

    @Test
    void recreatedModelIsScheduledAgain() {
        for (int i = 0; i < 20; i++) {
            cluster.models().apply("again", ANYWHERE);
            bound("again");
            cluster.models().resource("again").delete();
        }
    }

    @Test
    void editedOrDeletedLeaseDoesNotAffectAnAgentThatRenewsIt() {
        ManagedModel served = served("calm", ANYWHERE);
        List.of("2020-01-01T00:00:00.000000Z", "2099-01-01T00:00:00.000000Z").forEach(time -> cluster.admin()
                .leases()
                .inNamespace("lmstudio-operator")
                .withName("node.one")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"renewTime\": \"%s\"}}".formatted(time)));
        cluster.admin()
                .leases()
                .inNamespace("lmstudio-operator")
                .withName("node.one")
                .delete();

        other.stopHeartbeat();
        cluster.awaitNode("other", "Unknown", "AgentLost");

        assertThat(cluster.models().resource("calm").get().getStatus()).isEqualTo(served.getStatus());
    }

    /** A model that the node {@code one} serves. The controller may have observed either node first. */
    private ManagedModel served(String name, String spec) {
        cordonOther(true);
        eventually("the controller observes it", () -> whyNotOther(name), why -> why.contains("is unschedulable"));
        cluster.models().apply(name, spec);
        ManagedModel bound = bound(name);
        cordonOther(false);
        one.hold(bound);
        one.serve(bound);
        return cluster.models().awaitReason(name, "Verified");
    }

    /** Why the node {@code other} cannot be chosen; empty if it can. */
    private String whyNotOther(String name) {
        String probe = name + "-probe";
        cluster.models().apply(probe, ANYWHERE + ", nodeName: other");
        ManagedModel judged = cluster.models()
                .await(
                        probe,
                        "has the condition Scheduled",
                        model -> AppliedModels.condition(model, "Scheduled") != null);
        cluster.models().deleteAndAwaitGone(probe);
        return AppliedModels.message(judged);
    }

    private ManagedModel bound(String name) {
        return cluster.models()
                .await(name, "is scheduled", model -> model.getStatus().nodeName() != null);
    }

    /** Returns the UID of the Node. */
    private String createKubernetesNode(String name) {
        return cluster.createKubernetesNode(name, Map.of()).getMetadata().getUid();
    }

    /** A patch without a resource version does not conflict with the controller's writes. */
    private void cordonOther(boolean unschedulable) {
        cluster.node("other")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"unschedulable\":%s}}".formatted(unschedulable));
    }
}
