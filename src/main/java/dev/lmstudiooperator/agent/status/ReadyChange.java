package dev.lmstudiooperator.agent.status;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * The reason of a ManagedModel's Ready condition is another one than before: one line in the log, whose fields stand
 * in its text, and in JSON below {@code mdc} too.
 */
record ReadyChange(Map<String, Object> fields) {

    private static final Logger LOG = Logger.getLogger("dev.lmstudiooperator.ManagedModel");

    static Optional<ReadyChange> between(ManagedModel before, ManagedModel after) {
        String previousReason = reason(before);
        String reason = reason(after);
        if (reason.equals(previousReason)) {
            return Optional.empty();
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("namespace", after.getMetadata().getNamespace());
        fields.put("name", after.getMetadata().getName());
        fields.put("model", after.getSpec().model());
        fields.put("node", requireNonNullElse(after.getStatus().nodeName(), ""));
        fields.put("generation", after.getMetadata().getGeneration());
        fields.put("reason", reason);
        fields.put("previousReason", previousReason);
        fields.put("readyMessage", message(after));
        return Optional.of(new ReadyChange(fields));
    }

    void log() {
        fields.forEach(MDC::put);
        try {
            LOG.infof(
                    "ManagedModel changed: %s",
                    fields.entrySet().stream()
                            .map(field -> field.getKey() + "=" + field.getValue())
                            .collect(Collectors.joining(" ")));
        } finally {
            fields.keySet().forEach(MDC::remove);
        }
    }

    private static String reason(ManagedModel model) {
        return ready(model).map(Condition::getReason).orElse("");
    }

    private static String message(ManagedModel model) {
        return ready(model).map(Condition::getMessage).orElse("");
    }

    private static Optional<Condition> ready(ManagedModel model) {
        return Optional.ofNullable(model.getStatus())
                .flatMap(status -> requireNonNullElse(status.conditions(), List.<Condition>of()).stream()
                        .filter(condition -> condition.getType().equals(ConditionType.READY.text()))
                        .findFirst());
    }
}
