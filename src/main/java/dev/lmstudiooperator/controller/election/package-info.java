/** Leader election: one process of the cluster runs the controller. The Lease engine is shared with the agents. */
@NullMarked
package dev.lmstudiooperator.controller.election;

import org.jspecify.annotations.NullMarked;
