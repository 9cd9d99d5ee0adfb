/** Determines where clients reach the LM Studio of a node, and whether it answers there. */
@NullMarked
package dev.lmstudiooperator.controller.reachability;

import org.jspecify.annotations.NullMarked;
