/** Tests of the verification of loaded instances. */
@NullMarked
package dev.lmstudiooperator.agent.verification;

import org.jspecify.annotations.NullMarked;
