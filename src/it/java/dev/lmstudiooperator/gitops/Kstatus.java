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
 * The result that kstatus, and therefore Flux, computes from the status of a custom resource that is not being deleted.
 * This class implements its rules. {@code make gitops-check} runs the library itself on the same objects.
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

    /** The part of a status that kstatus reads. Without a condition Ready, it reports an object as current. */
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
