package dev.lmstudiooperator.lease;

import java.time.Duration;

/** What one attempt at the Lease came to. */
public sealed interface LeaseAttempt {

    /**
     * It is ours.
     *
     * @param since by the {@link MonotonicClock}; not after the API server took the renewal in
     */
    record Held(Duration since) implements LeaseAttempt {}

    /**
     * It is somebody else's.
     *
     * @param holdsFor how long it holds after a renewal
     * @param left how long until it is free, if it is not renewed
     */
    record HeldByAnother(String holder, Duration holdsFor, Duration left) implements LeaseAttempt {}

    /**
     * It could neither be read nor written.
     *
     * @param isRefused whether the API server answered, and does not let this agent: others it may
     */
    record Failed(String why, boolean isRefused) implements LeaseAttempt {}
}
