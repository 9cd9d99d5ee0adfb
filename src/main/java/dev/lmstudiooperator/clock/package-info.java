/** The steady clock of a process, and its relation to the wall clock that users and the API see. */
@NullMarked
package dev.lmstudiooperator.clock;

import org.jspecify.annotations.NullMarked;
