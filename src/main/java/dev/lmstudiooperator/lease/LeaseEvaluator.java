package dev.lmstudiooperator.lease;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Decides the next action for a Lease, from its content and from how long the content is unchanged. The local clock
 * measures expiry, starting when this process first observed the holder's last renewal. The age of the renew time in the
 * Lease does not matter.
 */
final class LeaseEvaluator {

    private record Rival(ObservedLease lease, Duration seenAt) {}

    private final String self;
    private final Duration duration;
    private @Nullable Rival rival;

    /** @param duration how long a renewal by this process is valid */
    LeaseEvaluator(String self, Duration duration) {
        this.self = self;
        this.duration = duration;
    }

    /**
     * @param lease null if there is none
     * @param now by the {@link MonotonicClock}, after the Lease was read
     */
    LeaseAction judge(@Nullable ObservedLease lease, Duration now) {
        String holder = lease == null ? null : lease.holder();
        if (lease != null && holder != null && !holder.equals(self)) {
            return judgeRival(lease, holder, now);
        }
        rival = null;
        if (lease == null) {
            return new LeaseAction.Create();
        }
        return holder == null ? new LeaseAction.TakeOver() : new LeaseAction.Renew();
    }

    private LeaseAction judgeRival(ObservedLease lease, String holder, Duration now) {
        if (rival == null || !rival.lease().equals(lease)) {
            rival = new Rival(lease, now);
        }
        Duration holdsFor = lease.holdsFor(duration);
        Duration left = rival.seenAt().plus(holdsFor).minus(now);
        return left.isPositive() ? new LeaseAction.Await(holder, holdsFor, left) : new LeaseAction.TakeOver();
    }
}
