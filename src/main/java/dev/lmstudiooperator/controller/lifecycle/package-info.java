/** What becomes of a ManagedModel whose agent is silent. */
@NullMarked
package dev.lmstudiooperator.controller.lifecycle;

import org.jspecify.annotations.NullMarked;
