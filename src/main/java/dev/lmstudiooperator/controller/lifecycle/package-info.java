/** What becomes of a ManagedModel when its node's agent falls silent, or its node is gone. */
@NullMarked
package dev.lmstudiooperator.controller.lifecycle;

import org.jspecify.annotations.NullMarked;
