package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Logs one line when the reason of a ManagedModel's Ready condition changes. */
record ReadyTransitionLogger(LogEvent event) {

    private static final Logger LOG = Logger.getLogger("dev.lmstudiooperator.ManagedModel");

    static Optional<ReadyTransitionLogger> between(ManagedModel before, ManagedModel after) {
        String previousReason = reason(before);
        String reason = reason(after);
        if (reason.equals(previousReason)) {
            return Optional.empty();
        }
        return Optional.of(new ReadyTransitionLogger(LogEvent.of("ManagedModel changed")
                .about(after.getMetadata().getNamespace(), after.getMetadata().getName())
                .with(LogField.MODEL, after.getSpec().model())
                .with(LogField.NODE, after.getStatus().nodeName())
                .with(LogField.GENERATION, after.getMetadata().getGeneration())
                .with(LogField.REASON, reason)
                .with(LogField.PREVIOUS_REASON, previousReason.isEmpty() ? null : previousReason)
                .with(
                        LogField.EXPLANATION,
                        ready(after).map(Condition::getMessage).orElse(null))));
    }

    void log() {
        event.info(LOG);
    }

    private static String reason(ManagedModel model) {
        return ready(model).map(Condition::getReason).orElse("");
    }

    private static Optional<Condition> ready(ManagedModel model) {
        return Optional.ofNullable(model.getStatus())
                .flatMap(status -> StatusConditions.find(status.conditions(), ConditionType.READY));
    }
}
