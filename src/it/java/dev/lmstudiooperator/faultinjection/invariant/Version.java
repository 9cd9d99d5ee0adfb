package dev.lmstudiooperator.faultinjection.invariant;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.VerificationStatus;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * One recorded version of an object.
 *
 * @param at the time at which the watch event arrived
 * @param isDeleted whether the object was deleted in this version
 */
public record Version(Instant at, boolean isDeleted, HasMetadata object) {

    /** Only for a ManagedModel, like all methods that read its spec or its status. */
    ManagedModel model() {
        return (ManagedModel) object;
    }

    String name() {
        return object.getMetadata().getName();
    }

    String uid() {
        return object.getMetadata().getUid();
    }

    /** Orders the versions of all objects, because one database counts all writes. */
    public long resourceVersion() {
        return Long.parseLong(object.getMetadata().getResourceVersion());
    }

    Optional<String> label(String key) {
        return Optional.ofNullable(object.getMetadata().getLabels()).map(labels -> labels.get(key));
    }

    String identifier() {
        return Objects.requireNonNullElse(model().getSpec().identifier(), name());
    }

    Optional<ManagedModelStatus> status() {
        return Optional.ofNullable(model().getStatus());
    }

    boolean isAvailable() {
        return isTrue("Available");
    }

    boolean isTrue(String conditionType) {
        return status().flatMap(status -> Optional.ofNullable(status.conditions())).stream()
                .flatMap(conditions -> conditions.stream())
                .anyMatch(condition -> condition.getType().equals(conditionType)
                        && condition.getStatus().equals("True"));
    }

    /** The time of the last passed verification in the status; empty if none has passed. */
    Optional<Instant> verifiedAt() {
        return status().flatMap(status -> Optional.ofNullable(status.verification()))
                .filter(verification -> verification.result() == VerificationResult.PASSED)
                .map(VerificationStatus::checkedTime)
                .map(Instant::parse);
    }

    boolean isAdopted() {
        return status().flatMap(status -> Optional.ofNullable(status.instance()))
                .map(instance -> Boolean.TRUE.equals(instance.adopted()))
                .orElse(false);
    }

    long observedGeneration() {
        return status().flatMap(status -> Optional.ofNullable(status.observedGeneration()))
                .orElse(-1L);
    }

    @Override
    public String toString() {
        return "%s %s %s resourceVersion=%s%s"
                .formatted(
                        at,
                        object.getKind(),
                        name(),
                        object.getMetadata().getResourceVersion(),
                        object instanceof ManagedModel model ? " status=" + model.getStatus() : "");
    }
}
