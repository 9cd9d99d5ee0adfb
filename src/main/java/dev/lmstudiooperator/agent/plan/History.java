package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationMode;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The recorded state of one ManagedModel. It comes from the status, or is known only to this process.
 *
 * @param observedGeneration the generation that the status refers to; -1 before the first observation
 * @param begunRevision the load revision that the agent last started to load; null if it never did
 * @param loadedRevision the load revision that was last loaded successfully; null if there is none
 * @param isLoadInterrupted whether LM Studio may still be processing a load whose end was not observed: the agent
 *     restarted during the load, or aborted the call
 * @param recorded the instance as the status describes it; null when it describes none
 * @param convergenceBeganAt when the desired and the observed state began to differ; null while they match
 * @param drainBeganAt when this process began to wait for the busy instance; null while it does not wait
 * @param failure the failure that blocks the desired state; null if there is none
 * @param running the operation that is running for this ManagedModel
 * @param download the download that is running for this ManagedModel
 * @param isProbing whether a check or a renewal is running
 * @param lastCheck the last check of the instance by this process
 * @param reportedVerification the message of a verification by an earlier process, as the status reports it; null when the status
 *     reports none, or this process has made its own check since
 * @param ownCopies the identifiers of second copies that appeared since this process first loaded the model
 * @param renewal the renewals that this process knows of
 * @param publication whether Services send requests to the instance
 */
public record History(
        long observedGeneration,
        @Nullable String begunRevision,
        @Nullable String loadedRevision,
        boolean isLoadInterrupted,
        @Nullable Recorded recorded,
        @Nullable Instant convergenceBeganAt,
        @Nullable Instant drainBeganAt,
        @Nullable Failure failure,
        @Nullable ModelOperation running,
        @Nullable Download download,
        boolean isProbing,
        @Nullable VerificationOutcome lastCheck,
        @Nullable String reportedVerification,
        Set<String> ownCopies,
        Renewal renewal,
        Publication publication) {

    /**
     * Whether Services send requests to the instance, as the status reports it.
     *
     * @param isSelected whether a Service selects the ManagedModel
     * @param isPublished whether the controller has not withdrawn the instance from all Services
     * @param isReportedAvailable whether the status reports the instance as available, so that the controller may publish it
     * @param withdrawalBeganAt when this process began to wait for the withdrawal; null while it does not wait
     * @param timeout how long to wait for the withdrawal
     */
    public record Publication(
            boolean isSelected,
            boolean isPublished,
            boolean isReportedAvailable,
            @Nullable Instant withdrawalBeganAt,
            Duration timeout) {

        /** No Service selects the ManagedModel. */
        public static final Publication NONE = new Publication(false, false, false, null, Duration.ZERO);
    }

    /**
     * The requests that keep an instance loaded.
     *
     * @param succeededAt when the last answered request was sent; null if there is none
     * @param attemptedAt when the last request was sent; null if there is none
     * @param isUnderWay whether a request is waiting for its answer
     * @param hasFailed whether a request was not answered, and no check has evaluated that yet
     */
    public record Renewal(
            @Nullable Instant succeededAt, @Nullable Instant attemptedAt, boolean isUnderWay, boolean hasFailed) {

        public static final Renewal NONE = new Renewal(null, null, false, false);
    }

    /**
     * An instance as it was first observed.
     *
     * @param loadedAt when the agent observed the end of its load; null when the agent found it loaded and adopted it
     */
    public record Recorded(
            String modelKey,
            int contextLength,
            @Nullable Duration ttl,
            @Nullable Instant loadedAt) {

        public boolean isAdopted() {
            return loadedAt == null;
        }
    }

    /**
     * A running download for one ManagedModel.
     *
     * @param source the model that is downloaded
     * @param progress the last progress that the status reported; null if LM Studio has not reported any
     */
    public record Download(String source, @Nullable DownloadProgress progress) implements Action.AgentOperation {}

    /**
     * The outcome of one verification.
     *
     * @param reason why it did not pass; {@link Reason#VERIFIED} when it did
     * @param at when it was made
     * @param cli the result of {@code lms ps}
     * @param api the result of the HTTP API
     * @param latency how long the HTTP API took to answer; null when no inference was requested
     * @param failuresInARow consecutive failed checks since the last one that passed
     * @param isEarlierValid whether an earlier verification is still valid, although this check was inconclusive
     * @param isAnswerOwed whether a request was not answered, so that only an answered request verifies the instance
     *     again
     */
    public record VerificationOutcome(
            VerificationResult result,
            Reason reason,
            VerificationMode mode,
            Instant at,
            String cli,
            String api,
            @Nullable Duration latency,
            String message,
            int failuresInARow,
            boolean isEarlierValid,
            boolean isAnswerOwed) {

        public boolean hasPassed() {
            return result == VerificationResult.PASSED;
        }
    }

    /** Whether the instance is one that the agent found loaded. */
    public boolean isAdopted() {
        return recorded != null && recorded.isAdopted();
    }

    /** Whether a load of this agent produced the instance. */
    public boolean isOwn() {
        return recorded != null && !recorded.isAdopted();
    }

    /** When the agent loaded the instance; null when it did not. */
    public @Nullable Instant loadedAt() {
        return recorded == null ? null : recorded.loadedAt();
    }

    /** Whether this failure blocks the desired state. */
    public boolean isBlockedBy(Reason reason) {
        return failure != null && failure.reason() == reason;
    }
}
