package dev.lmstudiooperator.lease;

import java.time.Duration;
import java.time.Instant;

/** The result of one attempt to acquire or renew a Lease. */
public sealed interface LeaseAttempt {

    /**
     * This process holds the Lease.
     *
     * @param since in steady time; not later than the write in the API server
     */
    record Held(Instant since) implements LeaseAttempt {}

    /**
     * Another process holds the Lease.
     *
     * @param holdsFor how long the Lease is valid after a renewal
     * @param left how long until the Lease expires if it is not renewed
     */
    record HeldByAnother(String holder, Duration holdsFor, Duration left) implements LeaseAttempt {}

    /**
     * The Lease could not be read or written.
     *
     * @param isRefused whether the API server answered and refused this process; it may accept others
     */
    record Failed(String why, boolean isRefused) implements LeaseAttempt {}
}
