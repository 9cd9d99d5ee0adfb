package dev.lmstudiooperator.controller.scheduling;

import static dev.lmstudiooperator.controller.scheduling.Nodes.ANYWHERE;
import static dev.lmstudiooperator.controller.scheduling.Nodes.allowing;
import static dev.lmstudiooperator.controller.scheduling.Nodes.labelled;
import static dev.lmstudiooperator.controller.scheduling.Nodes.labels;
import static dev.lmstudiooperator.controller.scheduling.Nodes.node;
import static dev.lmstudiooperator.controller.scheduling.Nodes.notReady;
import static dev.lmstudiooperator.controller.scheduling.Nodes.pinnedTo;
import static dev.lmstudiooperator.controller.scheduling.Nodes.selecting;
import static dev.lmstudiooperator.controller.scheduling.Nodes.silent;
import static dev.lmstudiooperator.controller.scheduling.Nodes.unschedulable;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Tests single filters, above all that no node gets two ManagedModels with one identifier. */
class FilterTest {

    private static final Map<String, String> NAMESPACE = Map.of("team", "a");

    private final Scheduler scheduler = new Scheduler();

    @Test
    void nodeWithTheIdentifierIsNotChosen() {
        assertThat(choose(ANYWHERE, Set.of("gpu-1"), node("gpu-1"), node("gpu-2")))
                .isEqualTo(new Scheduler.Bound("gpu-2", "Scheduled to gpu-2 (only matching node)"));
    }

    @Test
    void nodesWithTheIdentifierAreCounted() {
        assertThat(choose(ANYWHERE, Set.of("gpu-1"), node("gpu-1")).message())
                .isEqualTo("0/1 nodes are available: 1 already has a ManagedModel with identifier chat");
        assertThat(choose(
                                ANYWHERE,
                                Set.of("gpu-1", "gpu-2"),
                                node("gpu-1"),
                                node("gpu-2"),
                                unschedulable(node("gpu-3")),
                                silent(node("gpu-4")))
                        .message())
                .isEqualTo("0/4 nodes are available: 2 already have a ManagedModel with identifier chat, 1 is"
                        + " unschedulable, 1 has no agent heartbeat");
    }

    @Test
    void pinDoesNotForceASecondOne() {
        assertThat(choose(pinnedTo("gpu-1"), Set.of("gpu-1"), node("gpu-1")).message())
                .isEqualTo("0/1 nodes are available: 1 already has a ManagedModel with identifier chat");
    }

    @Test
    void longIdentifierIsCut() {
        IdentifierClaim claim = new IdentifierClaim("x".repeat(256), Set.of("gpu-1"));

        assertThat(scheduler
                        .choose(ANYWHERE, Map.of(), claim, List.of(node("gpu-1")))
                        .message())
                .endsWith("x…");
    }

    @Test
    void nodeOfOneMightFitOthers() {
        IdentifierClaim claim = new IdentifierClaim("chat", Set.of("gpu-1"));

        assertThat(scheduler.mightFit(ANYWHERE, Map.of(), claim, node("gpu-1"))).isFalse();
        assertThat(scheduler.mightFit(ANYWHERE, Map.of(), claim, node("gpu-2"))).isTrue();
    }

    @Test
    void setsIncludeNodesWhateverTheirState() {
        assertThat(scheduler.isMeantFor(ANYWHERE, Map.of(), silent(unschedulable(node("gpu-1")))))
                .isTrue();
        assertThat(scheduler.isMeantFor(selecting(Map.of("gpu", "a100")), Map.of(), node("gpu-1")))
                .isFalse();
        assertThat(scheduler.isMeantFor(
                        selecting(Map.of("gpu", "a100")), Map.of(), labelled(node("gpu-1"), "gpu", "a100")))
                .isTrue();
    }

    @Test
    void nodeMightFitWithoutAFailedFilter() {
        assertThat(scheduler.mightFit(ANYWHERE, NAMESPACE, IdentifierClaim.NONE, notReady(node("gpu-1"))))
                .isTrue();
        assertThat(scheduler.mightFit(pinnedTo("gpu-1"), NAMESPACE, IdentifierClaim.NONE, node("gpu-1")))
                .isTrue();
        assertThat(scheduler.mightFit(pinnedTo("gpu-2"), NAMESPACE, IdentifierClaim.NONE, node("gpu-1")))
                .isFalse();
        assertThat(scheduler.mightFit(selecting(Map.of("gpu", "a100")), NAMESPACE, IdentifierClaim.NONE, node("gpu-1")))
                .isFalse();
        assertThat(scheduler.mightFit(ANYWHERE, NAMESPACE, IdentifierClaim.NONE, silent(node("gpu-1"))))
                .isFalse();
        assertThat(scheduler.mightFit(
                        ANYWHERE, NAMESPACE, IdentifierClaim.NONE, allowing(node("gpu-1"), labels("team", "b"))))
                .isFalse();
    }

    @Property
    void replicasOfOneIdentifierGetDifferentNodes(
            @ForAll @IntRange(min = 1, max = 8) int nodes, @ForAll @IntRange(min = 1, max = 10) int replicas) {
        NodeInfo[] all = new NodeInfo[nodes];
        Arrays.setAll(all, index -> node("gpu-" + index));
        Set<String> used = new HashSet<>();

        for (int index = 0; index < replicas; index++) {
            Scheduler.Result result = choose(ANYWHERE, Set.copyOf(used), all);
            if (result instanceof Scheduler.Bound bound) {
                assertThat(used.add(bound.nodeName())).isTrue();
            } else {
                assertThat(used).hasSize(nodes);
            }
        }
        assertThat(used).hasSize(Math.min(nodes, replicas));
    }

    private Scheduler.Result choose(ManagedModelSpec spec, Set<String> used, NodeInfo... nodes) {
        return scheduler.choose(spec, Map.of(), new IdentifierClaim("chat", used), List.of(nodes));
    }
}
