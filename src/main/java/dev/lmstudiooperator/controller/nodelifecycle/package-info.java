/** What becomes of a ManagedModel when its node's agent falls silent, or its node is gone. */
@NullMarked
package dev.lmstudiooperator.controller.nodelifecycle;

import org.jspecify.annotations.NullMarked;
