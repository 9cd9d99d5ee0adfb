package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.agent.operation.OperationResult;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.Failure;
import dev.lmstudiooperator.agent.plan.FailureReason;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.LastError;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.lmstudio.Backoff;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Determines the failure that blocks the desired state: the one in the status, updated with the results since. */
final class CurrentFailure {

    private CurrentFailure() {}

    /**
     * A new spec discards the failure, unless it asks for the same load that failed. Otherwise a Temporary model that
     * was never loaded would look expired.
     */
    static @Nullable Failure of(
            ManagedModelStatus status,
            ModelStateStore.ModelState entry,
            Desired desired,
            Backoff retryBackoff,
            SteadyClock clock) {
        boolean isOfThisGeneration = Objects.equals(status.observedGeneration(), desired.generation());
        boolean isOfThisRevision = desired.loadRevision().equals(status.loadRevision());
        Failure before = recorded(status.lastError(), Failure.longestDelay(retryBackoff), clock)
                .filter(recorded -> isOfThisGeneration || (isOfThisRevision && !recorded.isOfDownload()))
                .orElse(null);
        return after(after(before, currentDownload(entry, desired), retryBackoff), entry.outcome(), retryBackoff);
    }

    /** The result of a download that is no longer requested does not affect the current one. */
    private static @Nullable OperationResult currentDownload(ModelStateStore.ModelState entry, Desired desired) {
        OperationResult result = entry.download();
        return result != null
                        && result.operation() instanceof Download download
                        && download.source().equals(desired.modelKey())
                ? result
                : null;
    }

    private static @Nullable Failure after(
            @Nullable Failure before, @Nullable OperationResult result, Backoff retryBackoff) {
        return switch (result) {
            case OperationResult.Failed failed -> after(before, failed, retryBackoff);
            // Loading the model again does not clear a failed verification.
            case OperationResult.Loaded loaded
            when before == null || before.reason() != Reason.VERIFICATION_FAILED -> null;
            case OperationResult.Loaded loaded -> before;
            case OperationResult.LoadedAnother another ->
                Failure.after(before, Reason.LOAD_FAILED, another.why().explanation(), another.at());
            case OperationResult.Unloaded unloaded
            when before != null && before.reason() == Reason.UNLOAD_FAILED -> null;
            case OperationResult.Unloaded unloaded -> before;
            case OperationResult.Downloaded downloaded when before != null && before.isOfDownload() -> null;
            case OperationResult.Downloaded downloaded -> before;
            case OperationResult.Cancelled cancelled -> before;
            case OperationResult.Unclear unclear -> before;
            case null -> before;
        };
    }

    private static Failure after(@Nullable Failure before, OperationResult.Failed failed, Backoff retryBackoff) {
        String message = failed.why().explanation();
        return switch (failed.operation()) {
            case Download download ->
                Failure.after(before, FailureReason.ofDownload(failed.why()), message, failed.at());
            case ModelOperation operation -> {
                Reason reason = FailureReason.ofOperation(operation, failed.why());
                yield switch (failed.why()) {
                    case InfrastructureFailure passing ->
                        Failure.after(before, reason, message, failed.at(), retryBackoff);
                    case DomainFailure refused -> Failure.after(before, reason, message, failed.at());
                };
            }
        };
    }

    /**
     * Any clock may have written the times. The delay is therefore at most the recorded one, and at most
     * {@code longest}.
     */
    private static Optional<Failure> recorded(@Nullable LastError error, Duration longest, SteadyClock clock) {
        return Optional.ofNullable(error).map(recorded -> {
            Instant time = Instant.parse(recorded.time());
            Instant at = clock.latest(time).orElse(clock.start());
            return new Failure(
                    Reason.of(recorded.reason()).orElse(Reason.LOAD_FAILED),
                    recorded.message(),
                    at,
                    recorded.nextRetryTime() == null
                            ? null
                            : at.plus(
                                    bounded(Duration.between(time, Instant.parse(recorded.nextRetryTime())), longest)));
        });
    }

    private static Duration bounded(Duration delay, Duration longest) {
        return Collections.min(List.of(longest, Collections.max(List.of(Duration.ZERO, delay))));
    }
}
