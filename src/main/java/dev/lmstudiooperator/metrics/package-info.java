/** Prometheus metrics of agent and controller: their names and labels, and the classes that record them. */
@NullMarked
package dev.lmstudiooperator.metrics;

import org.jspecify.annotations.NullMarked;
