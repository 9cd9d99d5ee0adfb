package dev.lmstudiooperator.metrics;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.ConvergenceStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
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
        List<Condition> conditions = status.conditions();
        if (StatusConditions.isTrue(conditions, ConditionType.STALLED)) {
            return STALLED;
        }
        if (!StatusConditions.isTrue(conditions, ConditionType.READY)) {
            return SUSPENDED;
        }
        return StatusConditions.hasReason(conditions, Reason.EXPIRED.text()) ? EXPIRED : READY;
    }
}
