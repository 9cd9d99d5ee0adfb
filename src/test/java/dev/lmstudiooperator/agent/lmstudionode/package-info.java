/** Tests of the LMStudioNode: status, readiness, registration. */
@NullMarked
package dev.lmstudiooperator.agent.lmstudionode;

import org.jspecify.annotations.NullMarked;
