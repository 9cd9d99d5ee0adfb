/** Chooses the node of each ManagedModel. */
@NullMarked
package dev.lmstudiooperator.controller.binding;

import org.jspecify.annotations.NullMarked;
