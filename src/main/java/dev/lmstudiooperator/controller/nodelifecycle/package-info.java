/** Node health: heartbeats, cluster disruptions, and the policy for ManagedModels on lost or deleted nodes. */
@NullMarked
package dev.lmstudiooperator.controller.nodelifecycle;

import org.jspecify.annotations.NullMarked;
