/**
 * Observes the LM Studio of this node by poll and resync. One observer serves all ManagedModels, so its cost does not
 * depend on their number.
 */
@NullMarked
package dev.lmstudiooperator.agent.observer;

import org.jspecify.annotations.NullMarked;
