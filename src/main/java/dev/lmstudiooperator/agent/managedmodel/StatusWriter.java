package dev.lmstudiooperator.agent.managedmodel;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.ConvergenceStatus;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes the agent's part of a status by server-side apply, and only if it differs. Logs one line when the reason of
 * the Ready condition changes.
 */
public final class StatusWriter {

    private static final Logger LOG = Logger.getLogger("dev.lmstudiooperator.ManagedModel");

    private static final Set<String> OF_THE_CONTROLLER =
            Set.of(ConditionType.SCHEDULED.text(), ConditionType.PUBLISHED.text());

    private StatusWriter() {}

    /**
     * Writes the status, and returns the ManagedModel with it.
     *
     * @param apply applies the status of its argument, and returns the object that the API server returns
     */
    public static ManagedModel write(ManagedModel model, ManagedModelStatus status, UnaryOperator<ManagedModel> apply) {
        if (!hasChanged(status, model.getStatus())) {
            return model;
        }
        ManagedModel applied = new ManagedModel();
        applied.initNameAndNamespaceFrom(model);
        applied.setStatus(status);
        ManagedModel written = apply.apply(applied);
        logTransition(model, written);
        return written;
    }

    private static void logTransition(ManagedModel before, ManagedModel after) {
        String previousReason = reason(before).orElse(null);
        String reason = reason(after).orElse("");
        if (reason.equals(requireNonNullElse(previousReason, ""))) {
            return;
        }
        LogEvent.of("ManagedModel changed")
                .about(after)
                .with(LogField.MODEL, after.getSpec().model())
                .with(LogField.NODE, after.getStatus().nodeName())
                .with(LogField.GENERATION, after.getMetadata().getGeneration())
                .with(LogField.REASON, reason)
                .with(LogField.PREVIOUS_REASON, previousReason)
                .with(
                        LogField.DETAIL,
                        Conditions.ready(after.getStatus())
                                .map(Condition::getMessage)
                                .orElse(null))
                .info(LOG);
    }

    private static Optional<String> reason(ManagedModel model) {
        return Conditions.ready(model.getStatus()).map(Condition::getReason);
    }

    static boolean hasChanged(ManagedModelStatus status, ManagedModelStatus current) {
        return !agentsPart(status).equals(agentsPart(current));
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
                        .filter(condition -> !OF_THE_CONTROLLER.contains(condition.getType()))
                        .sorted(Comparator.comparing(Condition::getType))
                        .toList());
    }

    private static @Nullable ConvergenceStatus uncounted(@Nullable ConvergenceStatus convergence) {
        return convergence == null
                ? null
                : new ConvergenceStatus(
                        convergence.trigger(), convergence.startedTime(), convergence.durationMillis(), null);
    }
}
