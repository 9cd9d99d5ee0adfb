/** The one observer of LM Studio on this node: its cost does not depend on the number of ManagedModels. */
@NullMarked
package dev.lmstudiooperator.agent.observer;

import org.jspecify.annotations.NullMarked;
