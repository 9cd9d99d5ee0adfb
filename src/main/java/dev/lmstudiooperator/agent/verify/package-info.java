/** Proves that an instance is really served, or says what is missing from the proof. */
@NullMarked
package dev.lmstudiooperator.agent.verify;

import org.jspecify.annotations.NullMarked;
