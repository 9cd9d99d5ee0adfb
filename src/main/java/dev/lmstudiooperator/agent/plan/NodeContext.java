package dev.lmstudiooperator.agent.plan;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What else happens on the node.
 *
 * @param changedAt when a mutation of LM Studio last ended: older observations are not acted upon
 * @param memoryFreedAt when an instance of the node was last seen to be gone
 * @param turnOf who changes LM Studio now, for a person to read; null when it is this ManagedModel's turn
 * @param downloadTurnOf whose download is under way or comes first; null when it is this ManagedModel's turn
 * @param interruptedLoadOf another ManagedModel of the node whose load LM Studio may still carry out; null if there is none
 * @param olderClaimant an older ManagedModel of the node that names the same identifier; null if there is none
 * @param youngerClaimant a younger one that does, and is not deleted; null if there is none
 * @param provenSince since when this agent has spoken for the node without a gap: earlier checks prove nothing any more
 * @param isLeaseOverdue whether the agent could not tell for so long that it lives that others may take it for lost
 * @param wallOffset what must be added to a time of this process to get the wall time
 * @param wallSetAt when the wall clock was last set under this process; null when it never was
 */
public record NodeContext(
        Instant changedAt,
        Instant memoryFreedAt,
        @Nullable String turnOf,
        @Nullable String downloadTurnOf,
        @Nullable String interruptedLoadOf,
        @Nullable String olderClaimant,
        @Nullable String youngerClaimant,
        Instant provenSince,
        boolean isLeaseOverdue,
        Duration wallOffset,
        @Nullable Instant wallSetAt) {}
