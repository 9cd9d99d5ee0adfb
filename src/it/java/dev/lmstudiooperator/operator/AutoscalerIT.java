package dev.lmstudiooperator.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.Eventually;
import dev.lmstudiooperator.controlplane.PodAutoscaler;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.docs.Script;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The autoscaler of Kubernetes scales a set. It is real, and so is the controller; the agents and the metrics are fakes. */
@OperatorTest
@EnabledOnOs(OS.LINUX) // hack/envtest/cluster installs the autoscaler on Linux only.
class AutoscalerIT {

    private final ControlPlane controlPlane;
    private final Cluster cluster;
    private final String namespace;
    private final AppliedSets sets;
    private final List<ServingAgent> agents = new ArrayList<>();
    private MetricsAdapter metrics;
    private PodAutoscaler autoscaler;

    AutoscalerIT(ControlPlane controlPlane, TestNamespace namespace, Cluster cluster) {
        this.controlPlane = controlPlane;
        this.cluster = cluster;
        this.namespace = namespace.name();
        this.sets = new AppliedSets(controlPlane.admin(), namespace.name());
    }

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        cluster.addController();
        metrics = MetricsAdapter.start(controlPlane.kubectl(), namespace, folder);
        autoscaler = PodAutoscaler.start(controlPlane, folder);
        List.of("n1", "n2", "n3").forEach(node -> agents.add(ServingAgent.start(cluster.admin(), node)));
        cluster.awaitReady();
    }

    @AfterEach
    void tidyUp() {
        autoscaler.close();
        metrics.close();
        sets.deleteAll();
        agents.forEach(ServingAgent::close);
        ClusterCleanup.removeModelsAndNodes(cluster.admin());
    }

    @Test
    void setFollowsTheLoad() {
        String withoutReplicas = "template: {spec: {model: qwen3-4b}}";
        sets.apply("chat", withoutReplicas);
        sets.awaitReady("chat", 1);
        controlPlane.admin().resource(autoscalerOfThePage()).create();

        metrics.report(5);
        sets.awaitReady("chat", 3);
        assertThat(sets.nodes("chat")).containsExactlyInAnyOrder("n1", "n2", "n3");
        assertThat(metrics.lastRequest())
                .endsWith("/namespaces/%s/lms_queued_requests?labelSelector=identifier%%3Dchat".formatted(namespace));

        sets.apply("chat", withoutReplicas);
        assertThat(sets.resource("chat").get().getSpec().replicas()).isEqualTo(3);

        metrics.report(0);
        sets.awaitReady("chat", 1);
        awaitCondition("ScalingActive");
        awaitCondition("AbleToScale");
    }

    /** The manifest of the documentation, which scales down at once here. */
    private HorizontalPodAutoscaler autoscalerOfThePage() {
        HorizontalPodAutoscaler documented =
                Serialization.unmarshal(Script.file("chat-autoscaler.yaml"), HorizontalPodAutoscaler.class);
        documented.getMetadata().setNamespace(namespace);
        documented.getSpec().getBehavior().getScaleDown().setStabilizationWindowSeconds(0);
        return documented;
    }

    private void awaitCondition(String type) {
        Eventually.eventually(
                "the autoscaler is " + type,
                () -> controlPlane
                        .admin()
                        .autoscaling()
                        .v2()
                        .horizontalPodAutoscalers()
                        .inNamespace(namespace)
                        .withName("chat")
                        .get()
                        .getStatus()
                        .getConditions(),
                conditions -> conditions.stream()
                        .anyMatch(condition -> condition.getType().equals(type)
                                && condition.getStatus().equals("True")));
    }
}
