/**
 * The {@code LMStudioNode} of this machine: registration, status, conditions and events. They are written only when
 * they change.
 */
@NullMarked
package dev.lmstudiooperator.agent.lmstudionode;

import org.jspecify.annotations.NullMarked;
