/** Kubernetes Events: the story of one object, for {@code kubectl describe}. */
@NullMarked
package dev.lmstudiooperator.observability.events;

import org.jspecify.annotations.NullMarked;
