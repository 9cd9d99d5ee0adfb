/** What can be seen from outside: metrics, log fields, health. */
@NullMarked
package dev.lmstudiooperator.metrics;

import org.jspecify.annotations.NullMarked;
