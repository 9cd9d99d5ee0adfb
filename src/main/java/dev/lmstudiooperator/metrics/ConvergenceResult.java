package dev.lmstudiooperator.metrics;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.ConvergenceStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Result of a convergence. */
enum ConvergenceResult {
    /** The model is served. */
    READY,
    /** The model requires manual intervention or an external change. */
    STALLED,
    /** A temporary model has expired. */
    EXPIRED,
    /** The ManagedModel was suspended before it converged. */
    SUSPENDED;

    /** Empty if the convergence is still in progress, or if there was none. */
    static Optional<ConvergenceResult> between(ManagedModelStatus before, ManagedModelStatus after) {
        return isUnderWay(before.convergence()) && !isUnderWay(after.convergence())
                ? Optional.of(of(after))
                : Optional.empty();
    }

    private static boolean isUnderWay(@Nullable ConvergenceStatus episode) {
        return episode != null && episode.durationMillis() == null;
    }

    private static ConvergenceResult of(ManagedModelStatus status) {
        List<Condition> conditions = Objects.requireNonNullElse(status.conditions(), List.of());
        if (isTrue(conditions, ConditionType.STALLED)) {
            return STALLED;
        }
        if (!isTrue(conditions, ConditionType.READY)) {
            return SUSPENDED;
        }
        return conditions.stream().anyMatch(condition -> condition.getReason().equals(Reason.EXPIRED.text()))
                ? EXPIRED
                : READY;
    }

    private static boolean isTrue(List<Condition> conditions, ConditionType type) {
        return conditions.stream()
                .anyMatch(condition -> condition.getType().equals(type.text())
                        && condition.getStatus().equals(ConditionStatus.TRUE.text()));
    }
}
