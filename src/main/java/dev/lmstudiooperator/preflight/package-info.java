/**
 * Checks before and while the components run: API server, CRDs, permissions, credentials, and the health checks. Each error
 * states what to do.
 */
@NullMarked
package dev.lmstudiooperator.preflight;

import org.jspecify.annotations.NullMarked;
