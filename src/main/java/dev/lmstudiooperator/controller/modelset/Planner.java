package dev.lmstudiooperator.controller.modelset;

import dev.lmstudiooperator.controller.modelset.Plan.Delete;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides what to do for a set: how many replicas come and go, which ones get the current template, and what the status says.
 * The same input always gives the same plan.
 */
final class Planner {

    private Planner() {}

    static Plan plan(SetInput input) {
        Scaling scaling = Scaling.decide(input);
        Rollout rollout = Rollout.decide(input, scaling);
        SetSummary summary = SetSummary.of(input, scaling);
        List<Delete> deletes = Stream.concat(scaling.deletes().stream(), rollout.replacements().stream())
                .toList();
        return new Plan(scaling.creates(), rollout.updates(), deletes, summary, reviewAt(input, summary));
    }

    private static @Nullable Instant reviewAt(SetInput input, SetSummary summary) {
        Goal goal = input.goal();
        Stream<@Nullable Instant> ends = input.active().stream()
                .flatMap(replica -> Stream.of(
                        replica.availableSince() == null
                                ? null
                                : replica.availableSince().plus(goal.minReady()),
                        replica.lostSince() == null || goal.isEveryNode()
                                ? null
                                : replica.lostSince().plus(goal.replaceAfter())));
        return Stream.concat(ends, Stream.of(summary.failsAt()))
                .filter(Objects::nonNull)
                .filter(end -> end.isAfter(input.now()))
                .min(Comparator.naturalOrder())
                .orElse(null);
    }
}
