package dev.lmstudiooperator.faultinjection.invariant;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.VerificationStatus;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * One recorded version of a ManagedModel.
 *
 * @param at the time at which the watch event arrived
 * @param isDeleted whether the ManagedModel was deleted in this version
 */
public record Version(Instant at, boolean isDeleted, ManagedModel model) {

    String name() {
        return model.getMetadata().getName();
    }

    String uid() {
        return model.getMetadata().getUid();
    }

    String identifier() {
        return Objects.requireNonNullElse(model.getSpec().identifier(), name());
    }

    Optional<ManagedModelStatus> status() {
        return Optional.ofNullable(model.getStatus());
    }

    boolean isAvailable() {
        return status().flatMap(status -> Optional.ofNullable(status.conditions())).stream()
                .flatMap(conditions -> conditions.stream())
                .anyMatch(condition -> condition.getType().equals("Available")
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
        return "%s %s resourceVersion=%s status=%s"
                .formatted(
                        at,
                        name(),
                        model.getMetadata().getResourceVersion(),
                        status().map(Object::toString).orElse("none"));
    }
}
