package dev.lmstudiooperator.controller.endpointslice;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.controller.reachability.NodeAddress;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** ManagedModels, nodes and Services for the tests of this package. */
final class Samples {

    private Samples() {}

    static Service service(String... families) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("models")
                .withName("chat")
                .withUid("uid-of-chat")
                .withAnnotations(Map.of(ModelSelector.ANNOTATION, "app=chat"))
                .endMetadata()
                .withNewSpec()
                .withType("ClusterIP")
                .withClusterIP("10.0.0.1")
                .withIpFamilies(families.length == 0 ? new String[] {"IPv4"} : families)
                .addNewPort()
                .withName("http")
                .withProtocol("TCP")
                .withPort(80)
                .endPort()
                .endSpec()
                .build();
    }

    static ManagedModel available(String name, String node) {
        return model(name, node, ConditionStatus.TRUE, Reason.VERIFIED);
    }

    static ManagedModel model(String name, String node, ConditionStatus available, Reason reason) {
        var model = new ManagedModel();
        model.getMetadata().setNamespace("models");
        model.getMetadata().setName(name);
        model.getMetadata().setUid("uid-of-" + name);
        model.getMetadata().setResourceVersion("1");
        model.getMetadata().setGeneration(1L);
        model.getMetadata().setLabels(Map.of("app", "chat"));
        model.setSpec(
                new ManagedModelSpec("qwen3", "chat", null, null, null, null, null, null, null, null, null, null));
        Condition condition = new StatusConditions.Setter(null, 1, Instant.EPOCH)
                .condition(ConditionType.AVAILABLE, available, reason, "For a test");
        model.setStatus(new ManagedModelStatus(
                1L, null, node, null, null, null, null, null, null, null, null, null, List.of(condition)));
        return model;
    }

    static EndpointNode node(String name, String ip) {
        return node(name, new NodeAddress.Usable(false, 1234, List.of(ip), List.of()));
    }

    static EndpointNode node(String name, NodeAddress address) {
        return new EndpointNode(name, address, false, true, true, "zone-a");
    }
}
