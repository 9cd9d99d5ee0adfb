package dev.lmstudiooperator.controller.binding;

import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.ToLongBiFunction;

/** Which of the nodes that fit is taken. Each leaves the best by its measure to those after it. */
final class Preferences {

    static final List<Preference> IN_ORDER = List.of(
            new Preference(claim(Preferences::isReady), "ready"),
            new Preference(claim(Preferences::hasModel), "model on disk"),
            new Preference(claim(Preferences::hasMemory), "enough memory"),
            new Preference(claim(Preferences::mayHaveMemory), "possibly enough memory"),
            new Preference((request, node) -> -node.boundModels(), "fewest ManagedModels"));

    private Preferences() {}

    private static boolean isReady(Request request, Candidate node) {
        return node.isReady();
    }

    private static boolean hasModel(Request request, Candidate node) {
        return node.models().containsKey(request.model());
    }

    private static boolean hasMemory(Request request, Candidate node) {
        Long needed = request.modelBytes();
        Long free = node.freeBytes();
        return needed != null && free != null && free >= needed;
    }

    private static boolean mayHaveMemory(Request request, Candidate node) {
        return hasMemory(request, node) || request.modelBytes() == null || node.freeBytes() == null;
    }

    private static ToLongBiFunction<Request, Candidate> claim(BiPredicate<Request, Candidate> claim) {
        return (request, node) -> claim.test(request, node) ? 1 : 0;
    }
}
