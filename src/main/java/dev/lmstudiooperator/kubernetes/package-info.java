/**
 * Code for the API server that several roles share: clients with a short timeout, conditions, Events, the finalizer,
 * lenient reading, resource copies, and the meaning of refused writes.
 */
@NullMarked
package dev.lmstudiooperator.kubernetes;

import org.jspecify.annotations.NullMarked;
