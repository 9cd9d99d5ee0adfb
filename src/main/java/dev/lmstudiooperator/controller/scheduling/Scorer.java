package dev.lmstudiooperator.controller.scheduling;

import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.ToLongBiFunction;

/**
 * One criterion by which the scheduler prefers a node.
 *
 * @param rank the score of a node; higher is better
 * @param advantage the text for the message if this criterion decides
 */
record Scorer(ToLongBiFunction<Scheduler.Request, NodeInfo> rank, String advantage) {

    /** The criteria for the nodes that fit, in order. Each scorer keeps its best nodes for the next one. */
    static final List<Scorer> IN_ORDER = List.of(
            new Scorer(claim((request, node) -> node.isReady()), "ready"),
            new Scorer(claim((request, node) -> node.models().containsKey(request.model())), "model on disk"),
            new Scorer(claim(Scorer::hasMemory), "enough memory"),
            new Scorer(claim(Scorer::mayHaveMemory), "possibly enough memory"),
            new Scorer((request, node) -> -node.boundModels(), "fewest ManagedModels"));

    private static boolean hasMemory(Scheduler.Request request, NodeInfo node) {
        Long needed = request.modelBytes();
        Long free = node.freeBytes();
        return needed != null && free != null && free >= needed;
    }

    private static boolean mayHaveMemory(Scheduler.Request request, NodeInfo node) {
        return hasMemory(request, node) || request.modelBytes() == null || node.freeBytes() == null;
    }

    private static ToLongBiFunction<Scheduler.Request, NodeInfo> claim(BiPredicate<Scheduler.Request, NodeInfo> claim) {
        return (request, node) -> claim.test(request, node) ? 1 : 0;
    }
}
