/** Drives the LM Studio of one node: reconciles its ManagedModels and wires what they share. */
@NullMarked
package dev.lmstudiooperator.agent;

import org.jspecify.annotations.NullMarked;
