package dev.lmstudiooperator.controller.scheduling;

import static dev.lmstudiooperator.controller.scheduling.Nodes.ANYWHERE;
import static dev.lmstudiooperator.controller.scheduling.Nodes.MODEL;
import static dev.lmstudiooperator.controller.scheduling.Nodes.SIZE;
import static dev.lmstudiooperator.controller.scheduling.Nodes.allowing;
import static dev.lmstudiooperator.controller.scheduling.Nodes.expression;
import static dev.lmstudiooperator.controller.scheduling.Nodes.free;
import static dev.lmstudiooperator.controller.scheduling.Nodes.labelled;
import static dev.lmstudiooperator.controller.scheduling.Nodes.labels;
import static dev.lmstudiooperator.controller.scheduling.Nodes.node;
import static dev.lmstudiooperator.controller.scheduling.Nodes.notReady;
import static dev.lmstudiooperator.controller.scheduling.Nodes.onDisk;
import static dev.lmstudiooperator.controller.scheduling.Nodes.pinnedTo;
import static dev.lmstudiooperator.controller.scheduling.Nodes.selecting;
import static dev.lmstudiooperator.controller.scheduling.Nodes.silent;
import static dev.lmstudiooperator.controller.scheduling.Nodes.unschedulable;
import static dev.lmstudiooperator.controller.scheduling.Nodes.withModels;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which node the scheduler selects, and its message if no node fits. */
class SchedulerTest {

    private static final Map<String, String> NAMESPACE = Map.of("team", "a");
    private static final ManagedModelSpec A100 = selecting(Map.of("gpu", "a100"));

    // No node fits

    @Test
    void withoutNodesThereIsNothingToChooseFrom() {
        assertThat(unbound(ANYWHERE)).isEqualTo("0/0 nodes are available: no agent has registered an LMStudioNode yet");
        assertThat(unbound(pinnedTo("gpu-9")))
                .isEqualTo("0/0 nodes are available: no agent has registered an LMStudioNode yet");
    }

    @Test
    void pinToAMissingNodeIsReported() {
        assertThat(unbound(pinnedTo("gpu-9"), node("gpu-1"), silent(node("gpu-2")), node("gpu-3")))
                .isEqualTo("0/3 nodes are available: there is no LMStudioNode gpu-9 as in spec.nodeName");
    }

    @Test
    void nodesAreCountedPerCause() {
        assertThat(unbound(
                        A100,
                        node("gpu-1"),
                        labelled(node("gpu-2"), "gpu", "l4"),
                        unschedulable(labelled(node("gpu-3"), "gpu", "a100")),
                        silent(labelled(node("gpu-4"), "gpu", "a100"))))
                .isEqualTo(
                        "0/4 nodes are available: 2 lack the labels of spec.nodeSelector (gpu=a100), 1 is unschedulable, 1 has"
                                + " no agent heartbeat");
    }

    @Test
    void everyCauseIsReportedForOneNodeAndForMany() {
        assertThat(unbound(pinnedTo("gpu-1"), silent(node("gpu-1")), node("gpu-2")))
                .isEqualTo("0/2 nodes are available: 1 is not gpu-1, as in spec.nodeName, 1 has no agent heartbeat");
        assertThat(unbound(pinnedTo("gpu-1"), unschedulable(node("gpu-1")), node("gpu-2"), node("gpu-3")))
                .isEqualTo("0/3 nodes are available: 2 are not gpu-1, as in spec.nodeName, 1 is unschedulable");
        assertThat(unbound(A100, node("gpu-1")))
                .isEqualTo("0/1 nodes are available: 1 lacks the labels of spec.nodeSelector (gpu=a100)");
        assertThat(unbound(ANYWHERE, unschedulable(node("gpu-1")), unschedulable(node("gpu-2"))))
                .isEqualTo("0/2 nodes are available: 2 are unschedulable");
        assertThat(unbound(ANYWHERE, silent(node("gpu-1")), silent(node("gpu-2"))))
                .isEqualTo("0/2 nodes are available: 2 have no agent heartbeat");
        assertThat(unbound(ANYWHERE, onlyForTeamB("gpu-1")))
                .isEqualTo("0/1 nodes are available: 1 does not allow this namespace (spec.allowedNamespaces)");
        assertThat(unbound(ANYWHERE, onlyForTeamB("gpu-1"), onlyForTeamB("gpu-2")))
                .isEqualTo("0/2 nodes are available: 2 do not allow this namespace (spec.allowedNamespaces)");
        assertThat(unbound(ANYWHERE, unreadable("gpu-1")))
                .isEqualTo("0/1 nodes are available: 1 has an invalid spec.allowedNamespaces");
        assertThat(unbound(ANYWHERE, unreadable("gpu-1"), unreadable("gpu-2")))
                .isEqualTo("0/2 nodes are available: 2 have an invalid spec.allowedNamespaces");
    }

    @Test
    void nodeIsCountedUnderTheFirstOfItsCauses() {
        NodeInfo everything = silent(unschedulable(unreadable("gpu-1")));

        assertThat(unbound(pinnedTo("gpu-2"), everything, silent(unschedulable(node("gpu-2")))))
                .isEqualTo("0/2 nodes are available: 1 is not gpu-2, as in spec.nodeName, 1 is unschedulable");
        assertThat(unbound(A100, everything))
                .isEqualTo("0/1 nodes are available: 1 lacks the labels of spec.nodeSelector (gpu=a100)");
        assertThat(unbound(ANYWHERE, everything)).contains("1 has an invalid spec.allowedNamespaces");
        assertThat(unbound(ANYWHERE, silent(unschedulable(onlyForTeamB("gpu-1")))))
                .contains(": 1 does not allow this namespace");
        assertThat(unbound(ANYWHERE, silent(unschedulable(node("gpu-1"))))).endsWith(": 1 is unschedulable");
    }

    @Test
    void causesStandInTheOrderOfTheFiltersWhateverTheOrderOfTheNodes() {
        List<NodeInfo> nodes = List.of(
                silent(node("gpu-1")), onlyForTeamB("gpu-2"), unschedulable(node("gpu-3")), unreadable("gpu-4"));

        assertThat(unbound(ANYWHERE, nodes.toArray(NodeInfo[]::new)))
                .isEqualTo(unbound(ANYWHERE, nodes.reversed().toArray(NodeInfo[]::new)))
                .isEqualTo("0/4 nodes are available: 1 has an invalid spec.allowedNamespaces,"
                        + " 1 does not allow this namespace (spec.allowedNamespaces), 1 is unschedulable, 1"
                        + " has no agent heartbeat");
    }

    @Test
    void labelsAreReportedInOrder() {
        assertThat(unbound(selecting(Map.of("zone", "b", "gpu", "a100", "disk", "")), node("gpu-1")))
                .contains("(disk=, gpu=a100, zone=b)");
    }

    @Test
    void everyLabelOfTheSelectorMustBeThere() {
        ManagedModelSpec both = selecting(Map.of("gpu", "a100", "zone", "b"));
        NodeInfo a100 = labelled(node("gpu-1"), "gpu", "a100");

        assertThat(unbound(both, a100, labelled(a100, "zone", "a"))).contains("2 lack the labels");
        assertThat(bound(both, labelled(a100, "zone", "b")).nodeName()).isEqualTo("gpu-1");
    }

    @Test
    void messageStaysShortWhateverTheNumberOfNodesAndLabels() {
        List<NodeInfo> nodes = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            nodes.add(labelled(unreadable("gpu-" + i), "k0", "x".repeat(100)));
            nodes.add(onlyForTeamB("team-b-" + i));
            nodes.add(unschedulable(node("cordoned-" + i)));
            nodes.add(silent(node("silent-" + i)));
        }
        Map<String, String> selector = new TreeMap<>();
        for (int i = 0; i < 32; i++) {
            selector.put("k" + i + "/" + "n".repeat(250), "v".repeat(5000));
        }
        nodes.add(node("n".repeat(253)));

        assertThat(unbound(selecting(selector), nodes.toArray(NodeInfo[]::new)))
                .hasSizeLessThan(1000)
                .contains("(k0/nnn", "nnn…)");
        assertThat(unbound(ANYWHERE, nodes.subList(0, 20_000).toArray(NodeInfo[]::new)))
                .hasSizeLessThan(1000);
        nodes.set(20_000, silent(node("n".repeat(253))));
        assertThat(unbound(pinnedTo("n".repeat(253)), nodes.toArray(NodeInfo[]::new)))
                .hasSizeLessThan(1000);
        assertThat(unbound(pinnedTo("m".repeat(253)), nodes.toArray(NodeInfo[]::new)))
                .hasSizeLessThan(1000)
                .contains("m".repeat(253));
    }

    /** The API server rejects half of a surrogate pair. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void whatIsCutIsCutBetweenCharacters(int offset) {
        String message = unbound(selecting(Map.of("k", "x".repeat(offset) + "😀".repeat(200))), node("gpu-1"));

        assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(message)).isTrue();
        assertThat(message).contains("😀…)");
    }

    // A node fits

    @Test
    void onlyNodeThatFitsIsTaken() {
        assertThat(bound(ANYWHERE, notReady(node("gpu-1")), unschedulable(node("gpu-2"))))
                .isEqualTo(new Scheduler.Bound("gpu-1", "Scheduled to gpu-1 (only matching node)"));
    }

    @Test
    void pinnedNodeIsTakenThoughOthersAreBetter() {
        assertThat(bound(pinnedTo("gpu-1"), notReady(node("gpu-1")), onDisk(node("gpu-2"), MODEL, SIZE)))
                .isEqualTo(new Scheduler.Bound("gpu-1", "Scheduled to gpu-1 (spec.nodeName)"));
    }

    @Test
    void namespaceThatIsAllowedIsLetIn() {
        assertThat(bound(ANYWHERE, allowing(node("gpu-1"), labels("team", "a"))).nodeName())
                .isEqualTo("gpu-1");
    }

    @Test
    void readyNodeGoesBeforeOneWithTheModel() {
        assertThat(bound(ANYWHERE, onDisk(notReady(node("gpu-1")), MODEL, SIZE), node("gpu-2")))
                .isEqualTo(new Scheduler.Bound("gpu-2", "Scheduled to gpu-2 (ready)"));
    }

    @Test
    void nodeWithTheModelGoesBeforeOneWithMemory() {
        assertThat(bound(ANYWHERE, free(node("gpu-1"), SIZE), onDisk(free(node("gpu-2"), 0L), MODEL, SIZE)))
                .isEqualTo(new Scheduler.Bound("gpu-2", "Scheduled to gpu-2 (model on disk)"));
    }

    @Test
    void nodesRankByEnoughThenUnknownThenTooLittleMemory() {
        NodeInfo fits = withModels(disk("gpu-3", SIZE), 9);
        NodeInfo unknown = withModels(disk("gpu-2", null), 5);
        NodeInfo tooSmall = disk("gpu-1", SIZE - 1);

        assertThat(bound(ANYWHERE, tooSmall, unknown, fits))
                .isEqualTo(new Scheduler.Bound("gpu-3", "Scheduled to gpu-3 (enough memory)"));
        assertThat(bound(ANYWHERE, tooSmall, unknown))
                .isEqualTo(new Scheduler.Bound("gpu-2", "Scheduled to gpu-2 (possibly enough memory)"));
    }

    @Test
    void sizeIsLearntFromAnyNodeEvenOneThatDoesNotFit() {
        NodeInfo knows = unschedulable(onDisk(onDisk(node("gpu-0"), MODEL, SIZE), "other", 1L));

        assertThat(bound(ANYWHERE, knows, free(node("gpu-1"), SIZE - 1), free(node("gpu-2"), SIZE))
                        .nodeName())
                .isEqualTo("gpu-2");
    }

    @Test
    void largestOfSeveralSizesCounts() {
        NodeInfo large = unschedulable(onDisk(node("gpu-0"), MODEL, SIZE));
        NodeInfo small = unschedulable(onDisk(node("gpu-9"), MODEL, SIZE - 1));

        assertThat(bound(ANYWHERE, large, small, free(node("gpu-1"), SIZE - 1), free(node("gpu-2"), SIZE))
                        .nodeName())
                .isEqualTo("gpu-2");
    }

    @Test
    void memoryDoesNotCountWithoutASize() {
        NodeInfo full = onDisk(free(node("gpu-1"), -1L), MODEL, 0);
        NodeInfo empty = withModels(onDisk(free(node("gpu-2"), Long.MAX_VALUE), MODEL, 0), 1);

        assertThat(bound(ANYWHERE, empty, full))
                .isEqualTo(new Scheduler.Bound("gpu-1", "Scheduled to gpu-1 (fewest ManagedModels)"));
    }

    @Test
    void modelOfUnknownSizeCountsAsOnDisk() {
        assertThat(bound(ANYWHERE, node("gpu-1"), onDisk(node("gpu-2"), MODEL, 0))
                        .nodeName())
                .isEqualTo("gpu-2");
    }

    @Test
    void similarKeyIsAnotherModel() {
        assertThat(bound(ANYWHERE, node("gpu-1"), onDisk(node("gpu-2"), MODEL + "-instruct", SIZE))
                        .nodeName())
                .isEqualTo("gpu-1");
    }

    @Test
    void fewestModelsDecideBetweenEquals() {
        assertThat(bound(ANYWHERE, withModels(node("gpu-1"), 2), withModels(node("gpu-2"), 1)))
                .isEqualTo(new Scheduler.Bound("gpu-2", "Scheduled to gpu-2 (fewest ManagedModels)"));
    }

    @Test
    void nameDecidesBetweenTwins() {
        assertThat(bound(ANYWHERE, node("gpu-2"), node("gpu-1")))
                .isEqualTo(new Scheduler.Bound("gpu-1", "Scheduled to gpu-1 (first by name)"));
    }

    @Test
    void everyDecisiveScoreIsReported() {
        assertThat(bound(
                        ANYWHERE,
                        notReady(node("gpu-1")),
                        node("gpu-2"),
                        disk("gpu-3", 0L),
                        withModels(disk("gpu-4", SIZE), 1),
                        disk("gpu-6", SIZE),
                        disk("gpu-5", SIZE)))
                .isEqualTo(
                        new Scheduler.Bound(
                                "gpu-5",
                                "Scheduled to gpu-5 (ready, model on disk, enough memory, fewest ManagedModels, first by name)"));
    }

    private static NodeInfo disk(String name, @Nullable Long freeBytes) {
        return onDisk(free(node(name), freeBytes), MODEL, SIZE);
    }

    private static NodeInfo onlyForTeamB(String name) {
        return allowing(node(name), labels("team", "b"));
    }

    private static NodeInfo unreadable(String name) {
        return allowing(node(name), expression("team", "Near", "a"));
    }

    private static Scheduler.Bound bound(ManagedModelSpec spec, NodeInfo... nodes) {
        return (Scheduler.Bound) new Scheduler().choose(spec, NAMESPACE, IdentifierClaim.NONE, List.of(nodes));
    }

    private static String unbound(ManagedModelSpec spec, NodeInfo... nodes) {
        return ((Scheduler.Unbound) new Scheduler().choose(spec, NAMESPACE, IdentifierClaim.NONE, List.of(nodes)))
                .message();
    }
}
