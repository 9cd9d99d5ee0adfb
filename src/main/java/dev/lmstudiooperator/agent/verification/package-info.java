/**
 * Verifies that an instance is served, or reports which check is missing or fails. It holds the checks of both sources
 * and the verifier that combines them.
 */
@NullMarked
package dev.lmstudiooperator.agent.verification;

import org.jspecify.annotations.NullMarked;
