/** Writes what was planned and found into the status: conditions, phase, events. The only writer of status. */
@NullMarked
package dev.lmstudiooperator.agent.managedmodel;

import org.jspecify.annotations.NullMarked;
