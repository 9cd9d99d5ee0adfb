package dev.lmstudiooperator.agent.plan;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of the node outside this ManagedModel.
 *
 * @param changedAt when an operation of this ManagedModel, or on its identifier, last ended; the agent does not act on
 *     older observations
 * @param memoryFreedAt when an instance of the node was last observed to be gone
 * @param slotHolder the human-readable holder of the operation slot; null when this ManagedModel has it
 * @param downloadSlotHolder the holder of the download slot, or the first in the queue; null when this ManagedModel has it
 * @param interruptedLoadOf another ManagedModel of the node whose load LM Studio may still be processing; null if there
 *     is none
 * @param olderOwner an older ManagedModel of the node with the same identifier; null if there is none
 * @param newerOwner a newer ManagedModel with the same identifier that is not deleted; null if there is none
 * @param heldSince since when this agent has held the node Lease without a gap; earlier checks no longer count
 * @param isLeaseExpired whether the agent has not renewed the node Lease in time, so that the controller may mark the
 *     node as lost
 * @param wallOffset the offset to add to a time of this process to get the wall-clock time
 * @param wallSetAt when the wall clock was last set while this process ran; null if it never was
 */
public record NodeContext(
        Instant changedAt,
        Instant memoryFreedAt,
        @Nullable String slotHolder,
        @Nullable String downloadSlotHolder,
        @Nullable String interruptedLoadOf,
        @Nullable String olderOwner,
        @Nullable String newerOwner,
        Instant heldSince,
        boolean isLeaseExpired,
        Duration wallOffset,
        @Nullable Instant wallSetAt) {}
