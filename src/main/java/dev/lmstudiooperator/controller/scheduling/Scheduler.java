package dev.lmstudiooperator.controller.scheduling;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the node of a ManagedModel: filters exclude nodes, and scorers choose the best of the remaining nodes. The
 * order of the nodes does not matter. The length of a message depends neither on the number of nodes nor on the labels.
 */
public final class Scheduler {

    /** The scheduling decision for a ManagedModel. */
    public sealed interface Result {

        /** One sentence for users. */
        String message();
    }

    /** The ManagedModel is scheduled to this node. */
    public record Bound(String nodeName, String message) implements Result {}

    /** No node fits at present. */
    public record Unbound(String message) implements Result {}

    /**
     * The requirements of a ManagedModel for a node.
     *
     * @param pin the only allowed node; null for any
     * @param claim the identifier of the ManagedModel, and the nodes where another one has it
     * @param modelBytes the largest size that any node lists for the model, whether the node fits or not; null if none
     *     does
     */
    record Request(
            String model,
            @Nullable String pin,
            Map<String, String> selector,
            Map<String, String> namespaceLabels,
            IdentifierClaim claim,
            @Nullable Long modelBytes) {

        static Request of(
                ManagedModelSpec spec,
                Map<String, String> namespaceLabels,
                IdentifierClaim claim,
                Collection<NodeInfo> nodes) {
            return new Request(
                    spec.model(),
                    spec.nodeName(),
                    requireNonNullElse(spec.nodeSelector(), Map.of()),
                    namespaceLabels,
                    claim,
                    nodes.stream()
                            .map(node -> node.models().getOrDefault(spec.model(), 0L))
                            .filter(bytes -> bytes > 0)
                            .max(Long::compare)
                            .orElse(null));
        }
    }

    public Result choose(
            ManagedModelSpec spec,
            Map<String, String> namespaceLabels,
            IdentifierClaim claim,
            Collection<NodeInfo> nodes) {
        Request request = Request.of(spec, namespaceLabels, claim, nodes);
        List<NodeInfo> left = List.copyOf(nodes);
        List<String> causes = new ArrayList<>();
        for (Filter filter : Filter.IN_ORDER) {
            List<NodeInfo> fit = left.stream()
                    .filter(node -> filter.passes().test(request, node))
                    .toList();
            if (fit.size() < left.size()) {
                causes.add(filter.cause(left.size() - fit.size(), request));
            }
            left = fit;
        }
        return left.isEmpty()
                ? new Unbound("0/%d nodes are available: %s".formatted(nodes.size(), why(request, nodes, causes)))
                : best(request, left);
    }

    /**
     * Whether the node alone fits. When a node becomes available, only the ManagedModels that fit on it need another
     * attempt.
     */
    public boolean mightFit(
            ManagedModelSpec spec, Map<String, String> namespaceLabels, IdentifierClaim claim, NodeInfo node) {
        Request request = Request.of(spec, namespaceLabels, claim, List.of(node));
        return Filter.IN_ORDER.stream().allMatch(filter -> filter.passes().test(request, node));
    }

    /**
     * Whether a set that serves every node includes this one: its labels and its allowed namespaces match. It need not be
     * schedulable now.
     */
    boolean isMeantFor(ManagedModelSpec spec, Map<String, String> namespaceLabels, NodeInfo node) {
        Request request = Request.of(spec, namespaceLabels, IdentifierClaim.NONE, List.of(node));
        return Filter.OF_THE_NODE.stream().allMatch(filter -> filter.passes().test(request, node));
    }

    private static String why(Request request, Collection<NodeInfo> nodes, List<String> causes) {
        if (nodes.isEmpty()) {
            return "no agent has registered an LMStudioNode yet";
        }
        boolean isPinnedNodeMissing = request.pin() != null
                && nodes.stream().noneMatch(node -> node.name().equals(request.pin()));
        return isPinnedNodeMissing
                ? "there is no LMStudioNode %s as in spec.nodeName".formatted(Filter.pin(request))
                : String.join(", ", causes);
    }

    private static Result best(Request request, List<NodeInfo> fit) {
        if (fit.size() == 1) {
            return bound(fit.getFirst(), request.pin() == null ? "only matching node" : "spec.nodeName");
        }
        List<NodeInfo> left = fit;
        List<String> advantages = new ArrayList<>();
        for (Scorer scorer : Scorer.IN_ORDER) {
            List<NodeInfo> better = best(left, node -> scorer.rank().applyAsLong(request, node));
            if (better.size() < left.size()) {
                advantages.add(scorer.advantage());
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

    private static Result bound(NodeInfo node, String why) {
        return new Bound(node.name(), "Scheduled to %s (%s)".formatted(node.name(), why));
    }
}
