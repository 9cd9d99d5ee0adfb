package dev.lmstudiooperator.agent.lease;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether this process is the agent of its node.
 *
 * @param blockedReason why it is not, as a readable sentence; null if it is the agent and may act
 * @param isApiServerReachable whether the API server answered the last attempt to renew the Lease
 * @param isExpired whether the Lease was not renewed for its duration: others may consider the agent lost
 * @param heldSince since when it has been the agent of its node without a gap; earlier verifications no longer count
 */
public record LeaseStatus(
        @Nullable String blockedReason, boolean isApiServerReachable, boolean isExpired, Instant heldSince) {

    /** The status of an agent that has held the Lease since its start. */
    public static final LeaseStatus HELD = new LeaseStatus(null, true, false, Instant.EPOCH);

    public boolean isHeld() {
        return blockedReason == null;
    }
}
