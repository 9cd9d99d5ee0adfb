package dev.lmstudiooperator.lease;

import java.time.Duration;

/** What to do next about the Lease. */
sealed interface LeaseAction {

    /** There is none. */
    record Create() implements LeaseAction {}

    /** It is ours, also when an earlier process of this agent wrote it. */
    record Renew() implements LeaseAction {}

    /** Nobody holds it, or whoever did has been silent for too long. */
    record TakeOver() implements LeaseAction {}

    /**
     * Somebody else holds it.
     *
     * @param holdsFor how long it holds after a renewal
     * @param left how long until it is free, if it is not renewed
     */
    record Await(String holder, Duration holdsFor, Duration left) implements LeaseAction {}
}
