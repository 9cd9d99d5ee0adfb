/**
 * One holder at a time, by a Lease of the API server. Whether a holder is silent is measured by the time that passes here:
 * the times in a Lease are those of another machine, and decide nothing.
 */
@NullMarked
package dev.lmstudiooperator.lease;

import org.jspecify.annotations.NullMarked;
