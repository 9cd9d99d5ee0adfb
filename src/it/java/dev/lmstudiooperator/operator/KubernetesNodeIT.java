package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.controlplane.RetryOnConflict.edit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.NodeInstance;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Changes to the Kubernetes Node of a running agent. The token is not bound to the Node: the API server does not restrict
 * the agent, so the agent itself must refrain.
 */
@WithControlPlane
class KubernetesNodeIT {

    private static final String NAME = "gpu-of-kubernetes-node-it";

    /** Seconds after which the agent has checked its LMStudioNode, even without a change. */
    private static final int LONG = 11;

    private final ControlPlane controlPlane;
    private final Cluster cluster;
    private final AgentFixture machine;

    KubernetesNodeIT(ControlPlane controlPlane, TestNamespace namespace, @TempDir Path folder) {
        this.controlPlane = controlPlane;
        cluster = Cluster.on(controlPlane, namespace.name(), folder);
        cluster.createKubernetesNode(NAME, Map.of("zone", "a"));
        machine = cluster.addMachine(NAME, controlPlane.adminKubeconfig());
    }

    @BeforeEach
    void begin() {
        cluster.awaitReady();
        awaitUid(cluster.admin().nodes().withName(NAME).require());
    }

    @AfterEach
    void end() {
        cluster.close();
        cluster.admin().nodes().withName(NAME).delete();
        cluster.node(NAME).delete();
    }

    /** There is no garbage collector here, so the test deletes the objects itself. */
    @Test
    void nodeIsRecreatedOnlyWithItsKubernetesNode() {
        cluster.admin().nodes().withName(NAME).delete();
        machine.agent().awaitLog("Kubernetes Node was deleted");
        cluster.node(NAME).delete();
        int writes = writes();

        machine.lmStudio().placeInstance("qwen3-4b", "news");
        machine.agent().awaitPolls(machine.agent().lastPoll(), LONG);

        assertThat(cluster.node(NAME).get()).isNull();
        assertThat(writes()).isEqualTo(writes);
        Node successor = cluster.createKubernetesNode(NAME, Map.of("zone", "b"));
        LMStudioNode back = awaitUid(successor);
        assertThat(back.getMetadata().getLabels()).containsEntry("zone", "b");
        assertThat(identifiers(back)).containsExactly("news");
    }

    @Test
    void statusIsUpdatedAlthoughLabelsAreRejected() {
        List<HasMetadata> policy = refuseZone("forbidden");
        try {
            eventually("the label is refused", this::tryToLabel, answer -> answer.contains("no such zone"));

            edit(cluster.admin().nodes().withName(NAME), node -> {
                node.getMetadata().setLabels(Map.of("zone", "forbidden"));
                return node;
            });
            machine.agent().awaitLog("Failed to update LMStudioNode", "no such zone");
            machine.lmStudio().placeInstance("qwen3-4b", "news");

            LMStudioNode reported = cluster.awaitNode(
                    NAME, "lists the instance", node -> identifiers(node).equals(List.of("news")));
            assertThat(reported.getMetadata().getLabels()).containsEntry("zone", "a");
        } finally {
            policy.forEach(object -> cluster.admin().resource(object).delete());
        }
        cluster.awaitNode(NAME, "has its label", node -> "forbidden"
                .equals(node.getMetadata().getLabels().get("zone")));
    }

    private LMStudioNode awaitUid(Node machine) {
        String uid = machine.getMetadata().getUid();
        return cluster.awaitNode(
                NAME,
                "belongs to Node " + uid,
                node -> node.getStatus() != null && uid.equals(node.getStatus().nodeUID()));
    }

    private List<HasMetadata> refuseZone(String zone) {
        List<HasMetadata> policy = List.of(
                Serialization.unmarshal("""
                        apiVersion: admissionregistration.k8s.io/v1
                        kind: ValidatingAdmissionPolicy
                        metadata: {name: %1$s}
                        spec:
                          failurePolicy: Fail
                          matchConstraints:
                            resourceRules:
                            - {apiGroups: [lmstudio-operator.dev], apiVersions: ["*"], operations: [CREATE, UPDATE], resources: [lmstudionodes]}
                          matchConditions:
                          - {name: ours, expression: "object.metadata.name == '%1$s'"}
                          validations:
                          - expression: "!has(object.metadata.labels) || !('zone' in object.metadata.labels) || object.metadata.labels['zone'] != '%2$s'"
                            message: no such zone
                        """.formatted(NAME, zone), HasMetadata.class),
                Serialization.unmarshal("""
                        apiVersion: admissionregistration.k8s.io/v1
                        kind: ValidatingAdmissionPolicyBinding
                        metadata: {name: %1$s}
                        spec: {policyName: %1$s, validationActions: [Deny]}
                        """.formatted(NAME), HasMetadata.class));
        policy.forEach(object -> cluster.admin().resource(object).create());
        return policy;
    }

    private String tryToLabel() {
        LMStudioNode node = cluster.node(NAME).require();
        node.getMetadata().getLabels().put("zone", "forbidden");
        try {
            cluster.admin().resource(node).dryRun().update();
            return "allowed";
        } catch (KubernetesClientException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private int writes() {
        return controlPlane.auditLog().writesTo("/lmstudionodes/" + NAME).size();
    }

    private static List<String> identifiers(LMStudioNode node) {
        return Optional.ofNullable(node.getStatus().instances()).stream()
                .flatMap(List::stream)
                .map(NodeInstance::identifier)
                .toList();
    }
}
