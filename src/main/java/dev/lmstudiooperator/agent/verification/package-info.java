/** Proves that an instance is really served, or says what is missing from the proof. */
@NullMarked
package dev.lmstudiooperator.agent.verification;

import org.jspecify.annotations.NullMarked;
