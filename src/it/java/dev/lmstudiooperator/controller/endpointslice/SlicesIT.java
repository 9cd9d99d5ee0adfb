package dev.lmstudiooperator.controller.endpointslice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controller.reachability.NodeAddress;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The API server accepts the planned EndpointSlices, and stores them without a difference. */
@WithControlPlane
class SlicesIT {

    private final KubernetesClient admin;
    private final String namespace;

    SlicesIT(ControlPlane controlPlane, TestNamespace namespace) {
        this.admin = controlPlane.admin();
        this.namespace = namespace.toString();
    }

    @Test
    void storedSlicesEqualThePlannedOnes() {
        Service service = Samples.service("IPv4", "IPv6");
        service.getMetadata().setNamespace(namespace);
        List<ManagedModel> models = new ArrayList<>();
        Map<String, EndpointNode> nodes = new HashMap<>();
        for (int i = 0; i < 120; i++) {
            String node = "gpu-" + i;
            ManagedModel model = Samples.available("m-" + i, node);
            model.getMetadata().setNamespace(namespace);
            models.add(model);
            nodes.put(
                    node,
                    Samples.node(
                            node,
                            new NodeAddress.Usable(
                                    i % 60 == 0, 1234, List.of("10.1.0." + i), List.of("2001:db8::" + (i + 1)))));
        }
        EndpointPlan plan = EndpointPlanner.plan(service, models, nodes, Set.of());

        SlicePlanner.Writes writes = SlicePlanner.plan(service, plan.endpoints(), List.of());
        List<EndpointSlice> stored = writes.creates().stream()
                .map(slice -> admin.resource(slice).create())
                .toList();

        assertThat(stored).hasSize(6);
        assertThat(SlicePlanner.plan(service, plan.endpoints(), stored).isEmpty())
                .isTrue();
        admin.resourceList(stored).delete();
    }
}
