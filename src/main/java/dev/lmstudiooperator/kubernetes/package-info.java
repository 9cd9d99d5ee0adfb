/** Requests to the API server that several roles make, and what its refusals mean. */
@NullMarked
package dev.lmstudiooperator.kubernetes;

import org.jspecify.annotations.NullMarked;
