package dev.lmstudiooperator.agent.lease;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether this agent is the one of its node.
 *
 * @param obstacle why it is not, a sentence for a person; null when it is, and may act
 * @param isHeard whether the API server answered when it was last asked to renew the Lease
 * @param isOverdue whether the Lease has not been renewed for its duration: others may take the agent for lost
 * @param provenSince since when it has been the agent of its node without a gap: what was proven before, counts no more
 */
public record LeaseStatus(@Nullable String obstacle, boolean isHeard, boolean isOverdue, Instant provenSince) {

    /** Alone, and never anything else. */
    public static final LeaseStatus UNDISPUTED = new LeaseStatus(null, true, false, Instant.EPOCH);

    public boolean mayAct() {
        return obstacle == null;
    }
}
