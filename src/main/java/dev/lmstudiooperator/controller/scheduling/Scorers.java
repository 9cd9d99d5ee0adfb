package dev.lmstudiooperator.controller.scheduling;

import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.ToLongBiFunction;

/** Lists the criteria for the nodes that fit, in order. Each scorer keeps its best nodes for the next one. */
final class Scorers {

    static final List<Scorer> IN_ORDER = List.of(
            new Scorer(claim(Scorers::isReady), "ready"),
            new Scorer(claim(Scorers::hasModel), "model on disk"),
            new Scorer(claim(Scorers::hasMemory), "enough memory"),
            new Scorer(claim(Scorers::mayHaveMemory), "possibly enough memory"),
            new Scorer((request, node) -> -node.boundModels(), "fewest ManagedModels"));

    private Scorers() {}

    private static boolean isReady(SchedulingRequest request, NodeInfo node) {
        return node.isReady();
    }

    private static boolean hasModel(SchedulingRequest request, NodeInfo node) {
        return node.models().containsKey(request.model());
    }

    private static boolean hasMemory(SchedulingRequest request, NodeInfo node) {
        Long needed = request.modelBytes();
        Long free = node.freeBytes();
        return needed != null && free != null && free >= needed;
    }

    private static boolean mayHaveMemory(SchedulingRequest request, NodeInfo node) {
        return hasMemory(request, node) || request.modelBytes() == null || node.freeBytes() == null;
    }

    private static ToLongBiFunction<SchedulingRequest, NodeInfo> claim(BiPredicate<SchedulingRequest, NodeInfo> claim) {
        return (request, node) -> claim.test(request, node) ? 1 : 0;
    }
}
