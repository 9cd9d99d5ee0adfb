package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Metrics of the controllers. The agents are fakes, the controllers are real. */
@OperatorTest
class ControllerMetricsIT {

    private final Cluster cluster;

    ControllerMetricsIT(Cluster cluster) {
        this.cluster = cluster;
    }

    @Test
    void onlyTheLeaderReportsClusterMetricsAndOnlyWithoutAnAgentThatDoes() {
        OperatorProcess leader = cluster.addController().awaitReady();
        eventually("it is leader", () -> MetricsScrape.of(leader), scrape -> scrape.has(1, "lms_controller_leader"));
        OperatorProcess follower = cluster.addController().awaitReady();
        FakeAgent agent = FakeAgent.start(cluster.admin(), "gpu-1", "models: [{key: qwen3-4b, sizeBytes: 1}]");
        cluster.models().apply("waiting", "model: qwen3-4b, nodeName: nowhere");
        cluster.models().apply("bound", "model: qwen3-4b, nodeName: gpu-1");

        MetricsScrape withHeartbeat = eventually(
                "one model is scheduled, and the other waits",
                () -> MetricsScrape.of(leader),
                scrape -> scrape.has(1, "lms_unscheduled_models")
                        && isReported(scrape, "waiting", "Ready", "False")
                        && scrape.of("lms_managed_model_condition", "name=bound")
                                .isEmpty());
        agent.stopHeartbeat();
        MetricsScrape whenLost = eventually(
                "only the controller reports the model on the lost node",
                () -> MetricsScrape.of(leader),
                scrape -> isReported(scrape, "bound", "Ready", "Unknown"));
        MetricsScrape ofTheOther = MetricsScrape.of(follower);

        assertThat(withHeartbeat.value("lms_node_agent_up", "node=gpu-1")).hasValue(1);
        assertThat(whenLost.value("lms_node_agent_up", "node=gpu-1")).hasValue(0);
        assertThat(ofTheOther.samples())
                .extracting(MetricsScrape.Sample::name)
                .containsExactlyInAnyOrder("lms_build_info", "lms_controller_leader");
        assertThat(ofTheOther.value("lms_controller_leader")).hasValue(0);
        agent.close();
        ClusterCleanup.removeModelsAndNodes(cluster.admin());
        eventually("the series are removed", () -> MetricsScrape.of(leader), scrape -> scrape.of("lms_node_agent_up")
                .isEmpty());
    }

    private static boolean isReported(MetricsScrape scrape, String name, String type, String status) {
        return scrape.has(1, "lms_managed_model_condition", "name=" + name, "type=" + type, "status=" + status);
    }
}
