/** Tests of Leases, on simulated time. */
@NullMarked
package dev.lmstudiooperator.lease;

import org.jspecify.annotations.NullMarked;
