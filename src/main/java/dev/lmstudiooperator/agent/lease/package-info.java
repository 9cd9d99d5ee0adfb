/**
 * One LM Studio has one agent: the lock of its machine keeps a second process out, and the Lease of its node a second
 * machine. Knows nothing of LM Studio.
 */
@NullMarked
package dev.lmstudiooperator.agent.lease;

import org.jspecify.annotations.NullMarked;
