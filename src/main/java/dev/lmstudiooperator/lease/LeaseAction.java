package dev.lmstudiooperator.lease;

import java.time.Duration;

/** The next action for a Lease. */
sealed interface LeaseAction {

    /** No Lease exists. */
    record Create() implements LeaseAction {}

    /** This process holds the Lease, or an earlier process with the same identity does. */
    record Renew() implements LeaseAction {}

    /** The Lease has no holder, or its holder has not renewed it in time. */
    record TakeOver() implements LeaseAction {}

    /**
     * Another process holds the Lease.
     *
     * @param holdsFor how long the Lease is valid after a renewal
     * @param left how long until the Lease expires if it is not renewed
     */
    record Await(String holder, Duration holdsFor, Duration left) implements LeaseAction {}
}
