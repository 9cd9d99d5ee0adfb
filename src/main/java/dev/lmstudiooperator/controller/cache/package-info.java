/** The resources of the cluster that the controller's concerns share, and the triggers of their reconciliation. */
@NullMarked
package dev.lmstudiooperator.controller.cache;

import org.jspecify.annotations.NullMarked;
