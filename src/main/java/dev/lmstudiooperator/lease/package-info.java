/**
 * Leases in the API server with one holder at a time: evaluation, renewal and storage. The local monotonic clock decides
 * whether a Lease has expired. The times in a Lease come from another machine and decide nothing.
 */
@NullMarked
package dev.lmstudiooperator.lease;

import org.jspecify.annotations.NullMarked;
