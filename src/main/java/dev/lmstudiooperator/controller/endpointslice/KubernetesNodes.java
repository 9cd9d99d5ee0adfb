package dev.lmstudiooperator.controller.endpointslice;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the zone of Kubernetes Nodes, which rarely changes. It reads single nodes and remembers the result, because a watch of
 * all nodes of a cluster costs more than the few nodes that Services use.
 */
final class KubernetesNodes {

    private static final String ZONE = "topology.kubernetes.io/zone";

    /**
     * A Kubernetes Node.
     *
     * @param zone null if it has none
     */
    record Machine(String uid, @Nullable String zone) {}

    private final KubernetesClient client;
    private final Map<String, Optional<Machine>> known = new ConcurrentHashMap<>();

    KubernetesNodes(KubernetesClient client) {
        this.client = client;
    }

    /**
     * The Kubernetes Node of an LMStudioNode.
     *
     * @param uid the UID in the status of the LMStudioNode; null if it is outside of the cluster
     */
    Optional<Machine> find(String name, @Nullable String uid) {
        if (uid == null) {
            return Optional.empty();
        }
        Optional<Machine> last = known.get(name);
        if (last != null && last.filter(machine -> machine.uid().equals(uid)).isPresent()) {
            return last;
        }
        Optional<Machine> read =
                Optional.ofNullable(client.nodes().withName(name).get()).map(KubernetesNodes::machine);
        known.put(name, read);
        return read.filter(machine -> machine.uid().equals(uid));
    }

    /** Reads all nodes again when they are needed. */
    void forget() {
        known.clear();
    }

    private static Machine machine(Node node) {
        Map<String, String> labels = node.getMetadata().getLabels();
        return new Machine(node.getMetadata().getUid(), labels == null ? null : labels.get(ZONE));
    }
}
