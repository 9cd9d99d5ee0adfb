/** What the agent says of its own node: it keeps one {@code LMStudioNode}, and writes it when it changes. */
@NullMarked
package dev.lmstudiooperator.agent.lmstudionode;

import org.jspecify.annotations.NullMarked;
