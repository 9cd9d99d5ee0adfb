package dev.lmstudiooperator.controller.modelset;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One ManagedModel of a set.
 *
 * @param nodeName the node to which it is scheduled or pinned; null if there is none yet
 * @param lostSince when its node became lost; null for another home
 * @param isTerminating whether it is being deleted
 * @param isUpdated whether it has the current template
 * @param isPatchable whether it can take the current template; otherwise a new ManagedModel replaces it
 * @param isReady whether its condition Ready is true for its current spec
 * @param isSettled whether its agent has observed its current spec and is not working on it
 * @param availableSince since when its condition Available is true; null if it is not
 * @param detail what it waits for, for users; empty if nothing is known
 */
record Replica(
        String name,
        Instant createdAt,
        @Nullable String nodeName,
        Home home,
        @Nullable Instant lostSince,
        boolean isTerminating,
        boolean isUpdated,
        boolean isPatchable,
        boolean isReady,
        boolean isSettled,
        @Nullable Instant availableSince,
        String detail) {

    /** The node of a replica. */
    enum Home {
        /** It is not scheduled. */
        NONE,
        /** Its agent has a heartbeat, or is only suspected to have none. */
        ALIVE,
        /** Its agent has no heartbeat. It may come back. */
        LOST,
        /** It does not come back. */
        GONE
    }

    /** Orders the replicas that a smaller set loses first. */
    static Comparator<Replica> removalOrder(Duration minReady, Instant now) {
        return Comparator.comparing((Replica replica) -> !replica.isHomeless())
                .thenComparing(replica -> replica.home() != Home.NONE)
                .thenComparing(replica -> replica.isUp(minReady, now))
                .thenComparing(Replica::isUpdated)
                .thenComparing(Replica::createdAt, Comparator.reverseOrder())
                .thenComparing(Replica::name, Comparator.reverseOrder());
    }

    private boolean isHomeless() {
        return home == Home.LOST || home == Home.GONE;
    }

    /** Whether clients can use it, for long enough. */
    boolean isAvailable(Duration minReady, Instant now) {
        return availableSince != null && !now.isBefore(availableSince.plus(minReady));
    }

    /**
     * Whether a rollout need not wait for it. An updated replica must fulfill its spec: while it waits for its reload, its
     * Available condition still describes the old model. So does an outdated one that has not finished an earlier update. A {@code Temporary} model that has expired is Ready, but not
     * Available.
     */
    boolean isUp(Duration minReady, Instant now) {
        if (isUpdated) {
            return isReady && (availableSince == null || isAvailable(minReady, now));
        }
        return isReady || (isSettled && availableSince != null);
    }

    /** Whether clients may be using it, also if it is about to reload. */
    boolean isServing() {
        return isReady || availableSince != null;
    }

    /** Whether its node has been lost for so long that another replica takes its place. */
    boolean isReplaced(Duration replaceAfter, Instant now) {
        return lostSince != null && !now.isBefore(lostSince.plus(replaceAfter));
    }
}
