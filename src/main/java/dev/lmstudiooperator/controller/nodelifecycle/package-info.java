/** Node health: the heartbeats of the agents, cluster disruptions, and the policy for ManagedModels on lost or deleted nodes. */
@NullMarked
package dev.lmstudiooperator.controller.nodelifecycle;

import org.jspecify.annotations.NullMarked;
