/** Notices which agents are silent, by the controller's own clock, and when too many are for it to be believed. */
@NullMarked
package dev.lmstudiooperator.controller.liveness;

import org.jspecify.annotations.NullMarked;
