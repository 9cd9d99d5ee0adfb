package dev.lmstudiooperator.controller.binding;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Chooses the node of a ManagedModel: what does not pass a filter does not fit, and of what fits the best is taken. The
 * order of the nodes does not matter. A message grows neither with the nodes nor with the labels.
 */
public final class Placement {

    public Binding choose(ManagedModelSpec spec, Map<String, String> namespaceLabels, Collection<Candidate> nodes) {
        Request request = Request.of(spec, namespaceLabels, nodes);
        List<Candidate> left = List.copyOf(nodes);
        List<String> causes = new ArrayList<>();
        for (Filter filter : Filters.IN_ORDER) {
            List<Candidate> fit = left.stream()
                    .filter(node -> filter.passes().test(request, node))
                    .toList();
            if (fit.size() < left.size()) {
                causes.add(filter.cause(left.size() - fit.size(), request));
            }
            left = fit;
        }
        return left.isEmpty()
                ? new Binding.Unbound(
                        "0/%d nodes are available: %s".formatted(nodes.size(), why(request, nodes, causes)))
                : best(request, left);
    }

    /** Whether the node alone would do: when it became fit, only whom it would do for need to be asked again. */
    public boolean mightFit(ManagedModelSpec spec, Map<String, String> namespaceLabels, Candidate node) {
        Request request = Request.of(spec, namespaceLabels, List.of(node));
        return Filters.IN_ORDER.stream().allMatch(filter -> filter.passes().test(request, node));
    }

    private static String why(Request request, Collection<Candidate> nodes, List<String> causes) {
        if (nodes.isEmpty()) {
            return "no agent has registered an LMStudioNode yet";
        }
        boolean isPinnedToNobody = request.pin() != null
                && nodes.stream().noneMatch(node -> node.name().equals(request.pin()));
        return isPinnedToNobody
                ? "there is no LMStudioNode %s as in spec.nodeName".formatted(Filters.pin(request))
                : String.join(", ", causes);
    }

    private static Binding best(Request request, List<Candidate> fit) {
        if (fit.size() == 1) {
            return bound(fit.getFirst(), request.pin() == null ? "only matching node" : "spec.nodeName");
        }
        List<Candidate> left = fit;
        List<String> advantages = new ArrayList<>();
        for (Preference preference : Preferences.IN_ORDER) {
            List<Candidate> better = best(left, node -> preference.rank().applyAsLong(request, node));
            if (better.size() < left.size()) {
                advantages.add(preference.advantage());
            }
            left = better;
        }
        if (left.size() > 1) {
            advantages.add("first by name");
        }
        Candidate chosen =
                left.stream().min(Comparator.comparing(Candidate::name)).orElseThrow();
        return bound(chosen, String.join(", ", advantages));
    }

    private static List<Candidate> best(List<Candidate> nodes, ToLongFunction<Candidate> rank) {
        long highest = nodes.stream().mapToLong(rank).max().orElseThrow();
        return nodes.stream().filter(node -> rank.applyAsLong(node) == highest).toList();
    }

    private static Binding bound(Candidate node, String why) {
        return new Binding.Bound(node.name(), "Scheduled to %s (%s)".formatted(node.name(), why));
    }
}
