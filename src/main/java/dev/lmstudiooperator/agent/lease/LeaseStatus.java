package dev.lmstudiooperator.agent.lease;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether this process is the agent of its node.
 *
 * @param obstacle why it is not, as a readable sentence; null if it is the agent and may act
 * @param isHeard whether the API server answered the last attempt to renew the Lease
 * @param isOverdue whether the Lease was not renewed for its duration: others may consider the agent lost
 * @param provenSince since when it has been the agent of its node without a gap; earlier verifications no longer count
 */
public record LeaseStatus(@Nullable String obstacle, boolean isHeard, boolean isOverdue, Instant provenSince) {

    /** The status of an agent that never has another agent beside it. */
    public static final LeaseStatus UNDISPUTED = new LeaseStatus(null, true, false, Instant.EPOCH);

    public boolean mayAct() {
        return obstacle == null;
    }
}
