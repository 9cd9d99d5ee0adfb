package dev.lmstudiooperator.agent.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the agent remembers of one ManagedModel: read from its status, or known to this process only.
 *
 * @param observedGeneration the generation that the status speaks of; -1 before the first look
 * @param begunRevision the load revision that the agent last began to load; null if it never did
 * @param loadedRevision the load revision that was last loaded successfully; null if none was
 * @param isLoadInterrupted whether LM Studio may still carry out a load whose end nobody saw: the agent was restarted during
 *     it, or gave the call up
 * @param recorded the instance as the status describes it; null when it describes none
 * @param episodeBeganAt when desired and observed state began to differ; null while they agree
 * @param drainBeganAt when this process began to wait for the busy instance; null while it does not
 * @param failure what stands in the way of what is asked for; null if nothing does
 * @param running the mutation that is under way for this ManagedModel
 * @param download the download that is under way for this ManagedModel
 * @param isProbing whether a check or a renewal is under way
 * @param lastCheck the last check that this process made of the instance
 * @param toldProof the words in which the status tells of a proof that an earlier process made; null when it tells of none, or
 *     this process has made up its own mind since
 * @param ownCopies identifiers of second copies that appeared since this process first loaded it
 * @param renewal what this process knows of its renewals
 */
public record History(
        long observedGeneration,
        @Nullable String begunRevision,
        @Nullable String loadedRevision,
        boolean isLoadInterrupted,
        @Nullable Recorded recorded,
        @Nullable Instant episodeBeganAt,
        @Nullable Instant drainBeganAt,
        @Nullable Failure failure,
        @Nullable ModelOperation running,
        @Nullable Download download,
        boolean isProbing,
        @Nullable VerificationOutcome lastCheck,
        @Nullable String toldProof,
        Set<String> ownCopies,
        Renewal renewal) {

    /**
     * The requests that keep an instance loaded.
     *
     * @param succeededAt when the last one was sent that was answered; null if none was
     * @param triedAt when the last one was sent; null if none was
     * @param isUnderWay whether one waits for its answer
     * @param hasFailed whether one was not answered, and no check has judged that yet
     */
    public record Renewal(
            @Nullable Instant succeededAt, @Nullable Instant triedAt, boolean isUnderWay, boolean hasFailed) {

        public static final Renewal NONE = new Renewal(null, null, false, false);
    }

    /**
     * An instance as it was first seen.
     *
     * @param loadedAt when the agent saw its load end; null when the agent found it loaded, and adopted it
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
}
