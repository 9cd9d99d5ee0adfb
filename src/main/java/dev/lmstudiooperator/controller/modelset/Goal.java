package dev.lmstudiooperator.controller.modelset;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelSetSpec;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSetSpec.UpdateStrategy;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSetSpec.UpdateType;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.time.Duration;

/**
 * The spec of a set without its template, with all defaults.
 *
 * @param setName the name of the set, with which the names of its ManagedModels begin
 * @param setUid makes the names of two sets differ
 * @param isEveryNode whether each matching node has a replica; {@code replicas} then has no meaning
 * @param isRolledOut whether the controller updates replicas; otherwise users delete outdated ones
 * @param maxUnavailable a number, or a percentage of the replicas
 * @param maxSurge a number, or a percentage of the replicas
 */
record Goal(
        String setName,
        String setUid,
        int replicas,
        boolean isEveryNode,
        boolean isRolledOut,
        IntOrString maxUnavailable,
        IntOrString maxSurge,
        Duration minReady,
        Duration replaceAfter,
        Duration progressDeadline) {

    static Goal of(String setName, String setUid, ManagedModelSetSpec spec) {
        UpdateStrategy strategy = requireNonNullElse(spec.updateStrategy(), UpdateStrategy.DEFAULTS);
        return new Goal(
                setName,
                setUid,
                requireNonNullElse(spec.replicas(), 1),
                requireNonNullElse(spec.everyNode(), false),
                requireNonNullElse(strategy.type(), UpdateType.ROLLING_UPDATE) == UpdateType.ROLLING_UPDATE,
                requireNonNullElse(strategy.maxUnavailable(), new IntOrString(1)),
                requireNonNullElse(strategy.maxSurge(), new IntOrString(0)),
                Duration.ofSeconds(requireNonNullElse(spec.minReadySeconds(), 0)),
                Duration.ofSeconds(requireNonNullElse(
                        spec.replaceAfterSeconds(), ManagedModelSetSpec.DEFAULT_REPLACE_AFTER_SECONDS)),
                Duration.ofSeconds(requireNonNullElse(
                        spec.progressDeadlineSeconds(), ManagedModelSetSpec.DEFAULT_PROGRESS_DEADLINE_SECONDS)));
    }

    /** How many of that number of replicas may be down. A rollout needs one if percentages round both limits to 0. */
    int unavailableOf(int desired) {
        int down = amount(maxUnavailable, desired, 0);
        return down == 0 && surgeOf(desired) == 0 ? 1 : down;
    }

    /** How many replicas a rollout may add to that number. */
    int surgeOf(int desired) {
        return desired == 0 || isEveryNode ? 0 : amount(maxSurge, desired, 99);
    }

    private static int amount(IntOrString amount, int desired, int roundUp) {
        Integer number = amount.getIntVal();
        if (number != null) {
            return number;
        }
        String percent = amount.getStrVal();
        return (desired * Integer.parseInt(percent.substring(0, percent.length() - 1)) + roundUp) / 100;
    }
}
