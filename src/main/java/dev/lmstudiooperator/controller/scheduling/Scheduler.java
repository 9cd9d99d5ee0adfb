package dev.lmstudiooperator.controller.scheduling;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Chooses the node of a ManagedModel: filters exclude nodes, and scorers choose the best of the remaining nodes. The
 * order of the nodes does not matter. The length of a message depends neither on the number of nodes nor on the labels.
 */
public final class Scheduler {

    public ScheduleResult choose(
            ManagedModelSpec spec, Map<String, String> namespaceLabels, Collection<NodeInfo> nodes) {
        SchedulingRequest request = SchedulingRequest.of(spec, namespaceLabels, nodes);
        List<NodeInfo> left = List.copyOf(nodes);
        List<String> causes = new ArrayList<>();
        for (Filter filter : Filters.IN_ORDER) {
            List<NodeInfo> fit = left.stream()
                    .filter(node -> filter.passes().test(request, node))
                    .toList();
            if (fit.size() < left.size()) {
                causes.add(filter.cause(left.size() - fit.size(), request));
            }
            left = fit;
        }
        return left.isEmpty()
                ? new ScheduleResult.Unbound(
                        "0/%d nodes are available: %s".formatted(nodes.size(), why(request, nodes, causes)))
                : best(request, left);
    }

    /**
     * Whether the node alone fits. When a node becomes available, only the ManagedModels that fit on it need another
     * attempt.
     */
    public boolean mightFit(ManagedModelSpec spec, Map<String, String> namespaceLabels, NodeInfo node) {
        SchedulingRequest request = SchedulingRequest.of(spec, namespaceLabels, List.of(node));
        return Filters.IN_ORDER.stream().allMatch(filter -> filter.passes().test(request, node));
    }

    private static String why(SchedulingRequest request, Collection<NodeInfo> nodes, List<String> causes) {
        if (nodes.isEmpty()) {
            return "no agent has registered an LMStudioNode yet";
        }
        boolean isPinnedToNobody = request.pin() != null
                && nodes.stream().noneMatch(node -> node.name().equals(request.pin()));
        return isPinnedToNobody
                ? "there is no LMStudioNode %s as in spec.nodeName".formatted(Filters.pin(request))
                : String.join(", ", causes);
    }

    private static ScheduleResult best(SchedulingRequest request, List<NodeInfo> fit) {
        if (fit.size() == 1) {
            return bound(fit.getFirst(), request.pin() == null ? "only matching node" : "spec.nodeName");
        }
        List<NodeInfo> left = fit;
        List<String> advantages = new ArrayList<>();
        for (Scorer preference : Scorers.IN_ORDER) {
            List<NodeInfo> better = best(left, node -> preference.rank().applyAsLong(request, node));
            if (better.size() < left.size()) {
                advantages.add(preference.advantage());
            }
            left = better;
        }
        if (left.size() > 1) {
            advantages.add("first by name");
        }
        NodeInfo chosen =
                left.stream().min(Comparator.comparing(NodeInfo::name)).orElseThrow();
        return bound(chosen, String.join(", ", advantages));
    }

    private static List<NodeInfo> best(List<NodeInfo> nodes, ToLongFunction<NodeInfo> rank) {
        long highest = nodes.stream().mapToLong(rank).max().orElseThrow();
        return nodes.stream().filter(node -> rank.applyAsLong(node) == highest).toList();
    }

    private static ScheduleResult bound(NodeInfo node, String why) {
        return new ScheduleResult.Bound(node.name(), "Scheduled to %s (%s)".formatted(node.name(), why));
    }
}
