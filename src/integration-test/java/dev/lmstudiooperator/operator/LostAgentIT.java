package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeSpec;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the controller does when nothing is heard of an agent any more. The agents are stand-ins, the controller is real. */
@WithControlPlane
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostAgentIT {

    private static final String ANYWHERE = "model: qwen3-4b";

    private final ControlPlane controlPlane;
    private final String namespace;
    private Cluster cluster;
    private StandIn one;
    private StandIn other;

    LostAgentIT(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.namespace = namespace.name();
    }

    @BeforeAll
    void start(@TempDir Path folder) {
        cluster = Cluster.on(controlPlane, namespace, folder);
        cluster.addController();
        cluster.awaitReady();
    }

    @BeforeEach
    void twoNodes() {
        one = StandIn.start(cluster.admin(), "one", "models: [{key: qwen3-4b, sizeBytes: 1}]");
        other = StandIn.start(cluster.admin(), "other");
    }

    @AfterEach
    void tidyUp() {
        one.close();
        other.close();
        cluster.admin().nodes().withName("one").delete();
        Leftovers.removeModelsAndNodes(cluster.admin());
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    void nobodyKnowsWhatALostAgentServesUntilItReturns() {
        ManagedModel served = served("chat", ANYWHERE);
        one.fallSilent();

        ManagedModel lost = cluster.models().awaitReason("chat", "AgentLost");
        cluster.awaitNode("one", "Unknown", "AgentLost");
        eventually(
                "it is told of the node",
                () -> AppliedModels.eventsOf(cluster.admin(), "default", "one").stream()
                        .map(Event::getReason)
                        .toList(),
                told -> told.contains("AgentLost"));

        assertThat(AppliedModels.condition(lost, "Ready")).isEqualTo("Unknown");
        assertThat(AppliedModels.condition(lost, "Available")).isEqualTo("Unknown");
        assertThat(AppliedModels.condition(lost, "Scheduled")).isEqualTo("True");
        assertThat(lost.getStatus().nodeName()).isEqualTo("one");
        assertThat(lost.getStatus().loadRevision()).isEqualTo("abc");

        one.returnToLife();
        one.report("models: [{key: qwen3-4b, sizeBytes: 1}]");
        one.serve(served);
        assertThat(AppliedModels.condition(cluster.models().awaitReason("chat", "Verified"), "Ready"))
                .isEqualTo("True");
        cluster.awaitNode("one", "True", "Reachable");
        // The controller hears of it, and takes it for bindable again.
        cluster.models().apply("next", ANYWHERE + ", nodeName: one");
        assertThat(bound("next").getStatus().nodeName()).isEqualTo("one");
    }

    @Test
    void nothingIsBoundToASilentNode() {
        one.fallSilent();
        cluster.awaitNode("one", "Unknown", "AgentLost");

        cluster.models().apply("elsewhere", ANYWHERE);
        cluster.models().apply("pinned", ANYWHERE + ", nodeName: one");

        assertThat(bound("elsewhere").getStatus().nodeName()).isEqualTo("other");
        assertThat(AppliedModels.message(cluster.models().awaitReason("pinned", "NoMatchingNode")))
                .contains("no agent heartbeat");
        one.returnToLife();
        assertThat(bound("pinned").getStatus().nodeName()).isEqualTo("one");
    }

    @Test
    void whatChoseAGoneNodeIsBoundAnewAndForgetsWhatItsAgentSaid() {
        served("mover", ANYWHERE);
        one.fallSilent();
        cluster.models().awaitReason("mover", "AgentLost");

        cluster.node("one").delete();

        ManagedModel moved = cluster.models().await("mover", "is on the other node", model -> "other"
                .equals(model.getStatus().nodeName()));
        assertThat(moved.getStatus().loadRevision()).isNull();
        assertThat(AppliedModels.condition(moved, "Ready")).isNotEqualTo("True");
        eventually(
                "its story is told",
                () -> cluster.models().eventsOf("mover"),
                List.of("Bound", "AgentLost", "NodeGone", "Bound")::equals);
    }

    @Test
    void whatIsPinnedToAGoneNodeWaitsForOneOfThatName() {
        served("faithful", ANYWHERE + ", nodeName: one");
        one.fallSilent();
        cluster.node("one").delete();

        ManagedModel waiting = cluster.models().awaitReason("faithful", "NodeGone");
        assertThat(AppliedModels.condition(waiting, "Ready")).isEqualTo("False");
        assertThat(waiting.getStatus().nodeName()).isEqualTo("one");

        one = StandIn.start(cluster.admin(), "one");
        one.serve(waiting);
        cluster.models().awaitReason("faithful", "Verified");
    }

    @Test
    void machineThatWasReplacedUnderItsNameIsAnotherOne() {
        one.report("nodeUID: " + createKubernetesNode("one"));
        served("mover", ANYWHERE);
        ManagedModel faithful = served("faithful", ANYWHERE + ", nodeName: one");
        ManagedModel doomed = served("doomed", ANYWHERE);

        one.fallSilent();
        cluster.models().resource("doomed").delete();
        cluster.admin().nodes().withName("one").delete();
        String successor = createKubernetesNode("one");

        cluster.models().await("mover", "is on the other node", model -> "other"
                .equals(model.getStatus().nodeName()));
        cluster.models().awaitGone(doomed.getMetadata().getName());
        assertThat(AppliedModels.message(cluster.models().awaitReason("faithful", "NodeGone")))
                .contains("its Kubernetes Node was replaced by another one");

        // The successor's agent has the same name, and another machine.
        one.returnToLife();
        one.report("nodeUID: " + successor);
        one.serve(faithful);
        cluster.models().awaitReason("faithful", "Verified");
        cluster.awaitNode("one", "True", "Reachable");
        cluster.models().apply("next", ANYWHERE + ", nodeName: one");
        assertThat(bound("next").getStatus().nodeName()).isEqualTo("one");
    }

    /** Its garbage collector would delete it too, and there is none here. An agent outside of the cluster has none either. */
    @Test
    void whatIsLeftOfAMachineThatIsGoneIsDeletedOnceItsAgentIsSilent() {
        one.report("nodeUID: " + createKubernetesNode("one"));
        served("mover", ANYWHERE);
        cluster.admin().nodes().withName("one").delete();
        // While its agent lives, that is none of the controller's business.
        cluster.models().apply("witness", ANYWHERE);
        bound("witness");
        assertThat(cluster.node("one").get()).isNotNull();

        one.fallSilent();

        eventually(
                "its LMStudioNode is gone",
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
    void deletionOfWhatIsOnAGoneNodeDoesNotHang() {
        served("doomed", ANYWHERE);
        one.fallSilent();
        cluster.models().awaitReason("doomed", "AgentLost");
        cluster.models().resource("doomed").delete();
        assertThat(cluster.models().resource("doomed").get()).isNotNull();

        cluster.node("one").delete();

        cluster.models().awaitGone("doomed");
        eventually("its end is told", () -> cluster.models().eventsOf("doomed"), story -> story.contains("Released"));
    }

    @Test
    void deletionOfWhatIsOnASilentNodeSaysWhatToDoAndCanBeForced() {
        served("stuck", ANYWHERE);
        one.fallSilent();
        cluster.models().awaitReason("stuck", "AgentLost");
        cluster.models().resource("stuck").delete();

        ManagedModel held = cluster.models()
                .await("stuck", "says how to force it", model -> AppliedModels.message(model)
                        .contains("kubectl annotate"));
        assertThat(AppliedModels.message(held)).contains(ManagedModel.FORCE_RELEASE_ANNOTATION + "=true");

        cluster.models().annotate("stuck", ManagedModel.FORCE_RELEASE_ANNOTATION, "true");
        cluster.models().awaitGone("stuck");
    }

    @Test
    void whatIsMadeAgainUnderTheSameNameIsBoundAgain() {
        for (int i = 0; i < 20; i++) {
            cluster.models().apply("again", ANYWHERE);
            bound("again");
            cluster.models().resource("again").delete();
        }
    }

    @Test
    void leaseThatIsEditedOrDeletedByHandHarmsNobodyWhoRenewsIt() {
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

        other.fallSilent();
        cluster.awaitNode("other", "Unknown", "AgentLost");

        assertThat(cluster.models().resource("calm").get().getStatus()).isEqualTo(served.getStatus());
    }

    /** By the one node, whichever of both the controller heard of first. */
    private ManagedModel served(String name, String spec) {
        cordonOther(true);
        eventually("the controller knows that", () -> whyNotOther(name), why -> why.contains("is unschedulable"));
        cluster.models().apply(name, spec);
        ManagedModel bound = bound(name);
        cordonOther(false);
        one.hold(bound);
        one.serve(bound);
        return cluster.models().awaitReason(name, "Verified");
    }

    /** Empty when it would be chosen. */
    private String whyNotOther(String name) {
        String probe = name + "-probe";
        cluster.models().apply(probe, ANYWHERE + ", nodeName: other");
        ManagedModel judged = cluster.models()
                .await(probe, "is bound, or not", model -> AppliedModels.condition(model, "Scheduled") != null);
        cluster.models().deleteAndAwaitGone(probe);
        return AppliedModels.message(judged);
    }

    private ManagedModel bound(String name) {
        return eventually(
                        name + " is bound",
                        () -> Optional.ofNullable(
                                cluster.models().resource(name).get()),
                        model -> model.map(ManagedModel::getStatus)
                                .filter(status -> status.nodeName() != null)
                                .isPresent())
                .orElseThrow();
    }

    /** Its UID. */
    private String createKubernetesNode(String name) {
        return cluster.admin()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create()
                .getMetadata()
                .getUid();
    }

    private void cordonOther(boolean unschedulable) {
        cluster.node("other").edit(node -> {
            node.setSpec(new LMStudioNodeSpec(unschedulable, null, null, null));
            return node;
        });
    }
}
