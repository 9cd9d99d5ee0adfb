package dev.lmstudiooperator.cluster;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;

/** The operator as it is installed in the cluster, and the commands of docs/install.md. */
record OperatorInstallation(TestCluster cluster) {

    static final String NAMESPACE = "lmstudio-operator";

    private static final String NAME_LABEL = "app.kubernetes.io/name=lmstudio-operator";
    private static final String AGENT_LABEL = "lmstudio-operator.dev/agent";

    void labelNodes(List<String> nodes) {
        nodes.forEach(node -> cluster.kubectl("label", "--overwrite", "node", node, AGENT_LABEL + "=true"));
    }

    void apply(String overlay) {
        cluster.kubectl("apply", "-k", overlay);
    }

    void awaitCluster() {
        awaitRollout("daemonset/lmstudio-operator-agent");
        awaitRollout("deployment/lmstudio-operator-controller");
    }

    void awaitSingleNode() {
        awaitRollout("daemonset/lmstudio-operator-all");
    }

    void awaitRollout(String workload) {
        cluster.kubectl("rollout", "status", workload, "-n", NAMESPACE, "--timeout=110s");
    }

    Pod agentOn(String node) {
        return podsOf("agent").stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(pod -> node.equals(pod.getSpec().getNodeName()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no agent on " + node));
    }

    List<Pod> podsOf(String component) {
        return cluster.admin()
                .pods()
                .inNamespace(NAMESPACE)
                .withLabels(Map.of("app.kubernetes.io/component", component))
                .list()
                .getItems();
    }

    /** Returns the name of the Pod that leads. */
    String leader() {
        String holder = cluster.admin()
                .leases()
                .inNamespace(NAMESPACE)
                .withName("controller")
                .require()
                .getSpec()
                .getHolderIdentity();
        return podsOf("controller").stream()
                .map(pod -> pod.getMetadata().getName())
                .filter(name -> holder != null && holder.contains(name))
                .findFirst()
                .orElse("none of the Pods: " + holder);
    }

    /** Deletes everything, so that the next test class finds an empty cluster. */
    void remove() {
        deleteModels();
        for (String overlay : List.of("k8s/overlays/cluster", "k8s/overlays/single-node")) {
            cluster.kubectl("delete", "-k", overlay, "--ignore-not-found", "--timeout=100s");
        }
        TestCluster.NODES.forEach(node -> cluster.kubectl("label", "node", node, AGENT_LABEL + "-"));
    }

    /** The agents unload the instances. */
    private void deleteModels() {
        try {
            cluster.admin().resources(ManagedModel.class).inAnyNamespace().delete();
            TestCluster.await(
                    "no ManagedModel is left",
                    () -> cluster.admin()
                            .resources(ManagedModel.class)
                            .inAnyNamespace()
                            .list()
                            .getItems(),
                    List::isEmpty);
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404) {
                throw e;
            }
        }
    }

    /** Runs the commands of docs/install.md, `Check that nothing is left`. Returns what they print. */
    String leftBehind() {
        return cluster.kubectl(
                        "get",
                        "crd,clusterroles,clusterrolebindings,validatingadmissionpolicies,"
                                + "validatingadmissionpolicybindings,priorityclasses,namespaces",
                        "-l",
                        NAME_LABEL,
                        "-o",
                        "name")
                + cluster.kubectl("get", "roles,rolebindings", "-A", "-l", NAME_LABEL, "-o", "name");
    }
}
