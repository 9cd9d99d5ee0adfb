/** The custom resources of {@code lmstudio-operator.dev/v1alpha1}: what people write and what the operator proves. */
@NullMarked
package dev.lmstudiooperator.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
