/**
 * Custom resource types of {@code lmstudio-operator.dev/v1alpha1}: specs, statuses, conditions, reasons, and the generation
 * of the CRDs.
 */
@NullMarked
package dev.lmstudiooperator.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
