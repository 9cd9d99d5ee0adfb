/** Tests of the Helm chart: its lifecycle, the rejection of invalid values, and its equality with {@code k8s/}. */
@NullMarked
package dev.lmstudiooperator.install;

import org.jspecify.annotations.NullMarked;
