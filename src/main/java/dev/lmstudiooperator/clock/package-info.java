/** The time inside a process, which nobody can set, and how it relates to the wall clock, which people and the API see. */
@NullMarked
package dev.lmstudiooperator.clock;

import org.jspecify.annotations.NullMarked;
