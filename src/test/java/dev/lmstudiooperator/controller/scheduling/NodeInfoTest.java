package dev.lmstudiooperator.controller.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the information that the scheduler reads from an LMStudioNode. */
class NodeInfoTest {

    @Test
    void nodeWithoutAStatusIsNotReadyAndHasNoData() {
        assertThat(NodeInfo.of(node("", "observedGeneration: -1")))
                .isEqualTo(new NodeInfo("gpu-1", Map.of(), true, false, false, null, Map.of(), null, 0));
    }

    @Test
    void nodeWithoutSpecAndStatusIsNoError() {
        var node = new LMStudioNode();
        node.getMetadata().setName("gpu-1");

        assertThat(NodeInfo.of(node).with(false, 3))
                .isEqualTo(new NodeInfo("gpu-1", Map.of(), false, false, false, null, Map.of(), null, 3));
    }

    @Test
    void everythingIsTakenOver() {
        NodeInfo candidate = NodeInfo.of(node(
                        "unschedulable: true, reservedMemoryBytes: 10, allowedNamespaces: {matchLabels: {team: a}}",
                        "conditions: [{type: Ready, status: 'True'}], models: [{key: chat, sizeBytes: 5}, {key: odd}],"
                                + " memory: {capacityBytes: 100, loadedBytes: 30}"))
                .with(true, 2);

        assertThat(candidate.isUnschedulable()).isTrue();
        assertThat(candidate.isReady()).isTrue();
        assertThat(candidate.allowedNamespaces()).isEqualTo(Nodes.labels("team", "a"));
        assertThat(candidate.models()).containsOnly(Map.entry("chat", 5L), Map.entry("odd", 0L));
        assertThat(candidate.freeBytes()).isEqualTo(60);
        assertThat(candidate.boundModels()).isEqualTo(2);
    }

    @Test
    void labelsAreTakenOver() {
        LMStudioNode node = node("", "observedGeneration: 1");
        node.getMetadata().setLabels(Map.of("gpu", "a100"));

        assertThat(NodeInfo.of(node).labels()).containsExactly(Map.entry("gpu", "a100"));
    }

    @ParameterizedTest
    @CsvSource({"Ready, False", "Ready, Unknown", "Available, True"})
    void nothingButReadyIsReady(String type, String status) {
        assertThat(NodeInfo.of(node("", "conditions: [{type: %s, status: '%s'}]".formatted(type, status)))
                        .isReady())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "capacityBytes: 100; loadedBytes: 30, , 70",
        "capacityBytes: 100; loadedBytes: 30, 20, 50",
        "capacityBytes: 100; loadedBytes: 0, 100, 0",
        "capacityBytes: 100; loadedBytes: 120, , -20",
        "capacityBytes: 100; loadedBytes: 9223372036854775807, 9223372036854775807, -9223372036854775807",
        "capacityBytes: 100, , ",
        "loadedBytes: 30, 20, ",
        "summary: none, , "
    })
    void memoryIsFreeThatIsNeitherReservedNorTaken(String memory, String reserved, Long free) {
        LMStudioNode node = node(
                reserved == null ? "" : "reservedMemoryBytes: " + reserved,
                "memory: {%s}".formatted(memory.replace(';', ',')));

        assertThat(NodeInfo.of(node).freeBytes()).isEqualTo(free);
    }

    @Test
    void heartbeatAndBindingChangeNothingElse() {
        NodeInfo node = NodeInfo.of(
                node("unschedulable: true", "conditions: [{type: Ready, status: 'True'}], models: [{key: chat}]"));

        assertThat(node.with(true, 0)).isEqualTo(node);
        assertThat(node.with(false, 3).isAlive()).isFalse();
        assertThat(node.with(false, 3).boundModels()).isEqualTo(3);
    }

    private static LMStudioNode node(String spec, String status) {
        return Serialization.unmarshal("""
                apiVersion: lmstudio-operator.dev/v1alpha1
                kind: LMStudioNode
                metadata: {name: gpu-1}
                spec: {%s}
                status: {%s}
                """.formatted(spec, status), LMStudioNode.class);
    }
}
