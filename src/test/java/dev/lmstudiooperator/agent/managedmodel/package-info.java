/** Tests of the sync loop, planner input, status and Events of ManagedModels. */
@NullMarked
package dev.lmstudiooperator.agent.managedmodel;

import org.jspecify.annotations.NullMarked;
