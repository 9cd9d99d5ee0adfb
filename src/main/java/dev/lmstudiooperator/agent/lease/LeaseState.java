package dev.lmstudiooperator.agent.lease;

import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.lease.LeaseAttempt;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Holds the state of the node Lease. One thread writes it; any thread may read it. */
final class LeaseState {

    /** @param renewedAt null before the agent held the Lease for the first time */
    private record Known(
            @Nullable String blockedReason,
            boolean isApiServerReachable,
            @Nullable Instant renewedAt,
            Instant heldSince) {

        Known withBlockedReason(String why) {
            return new Known(why, isApiServerReachable, renewedAt, heldSince);
        }

        Known withReachability(boolean isReachableNow) {
            return new Known(blockedReason, isReachableNow, renewedAt, heldSince);
        }
    }

    private static final int LONGEST_HOLDER = 100;
    private static final String NOT_YET = "it does not hold the Lease of its node yet";

    private final Duration duration;
    private final SteadyClock clock;
    private volatile Known known = new Known(NOT_YET, false, null, Instant.EPOCH);

    /** @param duration how long a renewal is valid */
    LeaseState(Duration duration, SteadyClock clock) {
        this.duration = duration;
        this.clock = clock;
    }

    LeaseStatus leaseStatus() {
        Known now = known;
        return new LeaseStatus(now.blockedReason(), now.isApiServerReachable(), isExpired(now), now.heldSince());
    }

    void record(StateDirectory.LockAttempt attempt, String folder) {
        known = known.withBlockedReason(
                switch (attempt) {
                    case StateDirectory.Locked locked -> NOT_YET;
                    case StateDirectory.Taken taken ->
                        ("another process, %s, has locked %s and is the agent; machines that share a disk"
                                        + " need a state folder each (lmstudio-operator.state-dir)")
                                .formatted(taken.process(), folder);
                    case StateDirectory.Unusable unusable ->
                        ("the state folder %s cannot be used (%s); set lmstudio-operator.state-dir to"
                                        + " a folder on a local disk that this user may write")
                                .formatted(folder, unusable.why());
                });
    }

    /** Records an attempt. A failed attempt does not change whether this agent may act. */
    void record(LeaseAttempt report, String lease) {
        known = switch (report) {
            case LeaseAttempt.Held held -> held(held.since());
            case LeaseAttempt.HeldByAnother other ->
                known.withReachability(true)
                        .withBlockedReason(
                                "another agent, %s, holds the Lease %s; this agent takes over when it was not renewed for %d s"
                                        .formatted(
                                                readable(other.holder()),
                                                lease,
                                                other.holdsFor().toSeconds()));
            case LeaseAttempt.Failed failed -> known.withReachability(failed.isRefused());
        };
    }

    /** Sanitizes the holder. Any client that may edit the Lease can write any text into it. */
    private static String readable(String holder) {
        String clean = holder.replaceAll("\\p{Cntrl}", "?");
        return clean.length() > LONGEST_HOLDER ? clean.substring(0, LONGEST_HOLDER) + "…" : clean;
    }

    /** Before the agent first held the Lease, there was no verification that a gap could invalidate. */
    private Known held(Instant since) {
        boolean isAfterAGap = known.renewedAt() != null && (known.blockedReason() != null || isExpired(known));
        return new Known(null, true, since, isAfterAGap ? clock.instant() : known.heldSince());
    }

    /** An agent that does not hold the Lease cannot be overdue. */
    private boolean isExpired(Known now) {
        return now.blockedReason() == null
                && now.renewedAt() != null
                && !clock.instant().isBefore(now.renewedAt().plus(duration));
    }
}
