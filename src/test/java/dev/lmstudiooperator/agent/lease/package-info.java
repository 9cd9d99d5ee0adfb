/** Tests of the node Lease and the local lock, on simulated time. */
@NullMarked
package dev.lmstudiooperator.agent.lease;

import org.jspecify.annotations.NullMarked;
