/** Tests of the metrics and their reference page. */
@NullMarked
package dev.lmstudiooperator.metrics;

import org.jspecify.annotations.NullMarked;
