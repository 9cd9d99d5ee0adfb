package dev.lmstudiooperator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests the metrics of a controller. */
class ControllerMetricsTest {

    private final Scrape scrape = new Scrape();
    private final ControllerMetrics metrics = new ControllerMetrics(scrape.meters);

    @Test
    void currentLeaderIsExported() {
        AtomicBoolean isLeading = new AtomicBoolean();
        metrics.leader(isLeading::get);

        assertThat(scrape.of("lms_controller_leader")).containsExactly("lms_controller_leader 0.0");
        isLeading.set(true);
        assertThat(scrape.of("lms_controller_leader")).containsExactly("lms_controller_leader 1.0");
    }

    @Test
    void leaderExportsTheCluster() {
        lead();

        assertThat(scrape.of("lms_node_agent_up"))
                .containsExactly("lms_node_agent_up{node=\"heard\",} 1.0", "lms_node_agent_up{node=\"silent\",} 0.0");
        assertThat(scrape.of("lms_unscheduled_models")).containsExactly("lms_unscheduled_models 3.0");
        assertThat(scrape.of("lms_managed_model_condition")).hasSize(3);
        assertThat(scrape.of("lms_managed_model_set_condition")).hasSize(3);
        assertThat(scrape.of("lms_managed_model_set_replicas"))
                .containsExactlyInAnyOrder(
                        "lms_managed_model_set_replicas{namespace=\"team\",name=\"chat\",state=\"desired\",} 3.0",
                        "lms_managed_model_set_replicas{namespace=\"team\",name=\"chat\",state=\"available\",} 2.0");
        assertThat(scrape.of("lms_service_endpoints"))
                .containsExactlyInAnyOrder(
                        "lms_service_endpoints{namespace=\"team\",name=\"chat\",state=\"selected\",} 3.0",
                        "lms_service_endpoints{namespace=\"team\",name=\"chat\",state=\"ready\",} 1.0");
    }

    @Test
    void setWithoutAStatusHasNoSamples() {
        ManagedModelSet unobserved =
                Serialization.unmarshal("metadata: {namespace: team, name: chat}", ManagedModelSet.class);

        assertThat(SetSamples.replicas(unobserved)).isEmpty();
        assertThat(SetSamples.conditions(unobserved)).isEmpty();
    }

    @Test
    void formerLeaderExportsNothing() {
        Runnable end = lead();

        end.run();

        assertThat(scrape.of("lms_")).isEmpty();
    }

    /** Prometheus rejects a scrape with two samples of one series. */
    @Test
    void metricsOfAgentAndControllerInOneProcessAreExportedOnce() {
        new AgentMetrics(scrape.meters).conditions(ControllerMetricsTest::withoutAgent);
        lead();

        assertThat(scrape.of("lms_managed_model_condition")).hasSize(3).doesNotHaveDuplicates();
    }

    private Runnable lead() {
        return metrics.leading(
                ControllerMetricsTest::withoutAgent,
                () -> 3,
                () -> Stream.of("heard", "silent"),
                node -> node.equals("heard"),
                ControllerMetricsTest::sets,
                () -> Stream.of(new ServiceEndpoints("team", "chat", 3, 1)));
    }

    private static Stream<ManagedModelSet> sets() {
        return Stream.of(Serialization.unmarshal("""
                metadata: {namespace: team, name: chat}
                status:
                  desiredReplicas: 3
                  availableReplicas: 2
                  conditions: [{type: Ready, status: "False", reason: RollingOut}]
                """, ManagedModelSet.class));
    }

    private static Stream<ManagedModel> withoutAgent() {
        return Stream.of(Serialization.unmarshal("""
                metadata: {namespace: team, name: chat}
                status: {conditions: [{type: Ready, status: "Unknown", reason: AgentLost}]}
                """, ManagedModel.class));
    }
}
