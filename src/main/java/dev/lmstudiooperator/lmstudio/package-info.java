/**
 * The domain model of one LM Studio: its models and instances, the interfaces to its CLI, API and server, and their
 * failures.
 */
@NullMarked
package dev.lmstudiooperator.lmstudio;

import org.jspecify.annotations.NullMarked;
