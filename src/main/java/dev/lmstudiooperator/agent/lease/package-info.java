/**
 * The node Lease and the local lock, which give each LM Studio exactly one agent. The lock excludes a second process on
 * the machine. The Lease excludes a second machine. Nothing here depends on LM Studio.
 */
@NullMarked
package dev.lmstudiooperator.agent.lease;

import org.jspecify.annotations.NullMarked;
