package dev.lmstudiooperator.gitops;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What kstatus, and so Flux, concludes from the status of a custom resource that is not being deleted. These are its rules in few words;
 * {@code make gitops-check} asks the library itself about the same objects.
 */
public enum Kstatus {
    @JsonProperty("InProgress")
    IN_PROGRESS,
    @JsonProperty("Failed")
    FAILED,
    @JsonProperty("Current")
    CURRENT;

    public static Kstatus of(HasMetadata object) {
        Seen seen = Seen.in(object);
        if (seen.observedGeneration() != null
                && !seen.observedGeneration().equals(object.getMetadata().getGeneration())) {
            return IN_PROGRESS;
        }
        return seen.conditions().stream()
                .filter(condition -> condition.getStatus().equals("True"))
                .flatMap(condition -> abnormal(condition.getType()).stream())
                .findFirst()
                .orElseGet(() -> seen.isReady() ? CURRENT : IN_PROGRESS);
    }

    private static Optional<Kstatus> abnormal(String type) {
        return switch (type) {
            case "Reconciling" -> Optional.of(IN_PROGRESS);
            case "Stalled" -> Optional.of(FAILED);
            default -> Optional.empty();
        };
    }

    /** Of a status, what kstatus looks at. Without a condition Ready, it takes an object for current. */
    private record Seen(@Nullable Long observedGeneration, List<Condition> conditions) {

        static Seen in(HasMetadata object) {
            KubernetesSerialization json = new KubernetesSerialization();
            GenericKubernetesResource raw = json.convertValue(object, GenericKubernetesResource.class);
            Number observed = raw.get("status", "observedGeneration");
            List<?> conditions = raw.get("status", "conditions");
            return new Seen(
                    observed == null ? null : observed.longValue(),
                    conditions == null
                            ? List.of()
                            : conditions.stream()
                                    .map(condition -> json.convertValue(condition, Condition.class))
                                    .toList());
        }

        boolean isReady() {
            return conditions.stream()
                    .filter(condition -> condition.getType().equals("Ready"))
                    .allMatch(condition -> condition.getStatus().equals("True"));
        }
    }
}
