/** Resilience for calls of {@code lms}: retries, a circuit breaker, and concurrency limits. */
@NullMarked
package dev.lmstudiooperator.lmstudio.resilience;

import org.jspecify.annotations.NullMarked;
