/** What can be seen from outside: metrics, log fields, health. */
@NullMarked
package dev.lmstudiooperator.observability;

import org.jspecify.annotations.NullMarked;
