package dev.lmstudiooperator.agent.managedmodel;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.ConvergenceStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Writes the agent's part of a status by server-side apply, and only if it differs. */
public final class StatusWriter {

    private StatusWriter() {}

    /**
     * Writes the status, and returns the ManagedModel with it.
     *
     * @param apply applies the status of its argument, and returns the object that the API server returns
     */
    public static ManagedModel write(ManagedModel model, ManagedModelStatus status, UnaryOperator<ManagedModel> apply) {
        if (!isNews(status, model.getStatus())) {
            return model;
        }
        ManagedModel applied = new ManagedModel();
        applied.setMetadata(new ObjectMetaBuilder()
                .withNamespace(model.getMetadata().getNamespace())
                .withName(model.getMetadata().getName())
                // A successor of the same name must not get the status of its predecessor.
                .withUid(model.getMetadata().getUid())
                .build());
        applied.setStatus(status);
        ManagedModel written = apply.apply(applied);
        ReadyTransitionLogger.between(model, written).ifPresent(ReadyTransitionLogger::log);
        return written;
    }

    static boolean isNews(ManagedModelStatus status, ManagedModelStatus standing) {
        return !agentsPart(status).equals(agentsPart(standing));
    }

    /**
     * Omits the fields that the controller owns, as the apply does. The order of conditions has no meaning, and one
     * more reconciliation is not a change.
     */
    private static ManagedModelStatus agentsPart(ManagedModelStatus status) {
        List<Condition> conditions = requireNonNullElse(status.conditions(), List.of());
        return new ManagedModelStatus(
                status.observedGeneration(),
                status.phase(),
                null,
                status.loadRevision(),
                status.loadedRevision(),
                status.instance(),
                status.download(),
                status.verification(),
                uncounted(status.convergence()),
                status.loads(),
                status.evictions(),
                status.lastError(),
                conditions.stream()
                        .filter(condition -> !condition.getType().equals(ConditionType.SCHEDULED.text()))
                        .sorted(Comparator.comparing(Condition::getType))
                        .toList());
    }

    private static @Nullable ConvergenceStatus uncounted(@Nullable ConvergenceStatus episode) {
        return episode == null
                ? null
                : new ConvergenceStatus(episode.trigger(), episode.startedTime(), episode.durationMillis(), null);
    }
}
