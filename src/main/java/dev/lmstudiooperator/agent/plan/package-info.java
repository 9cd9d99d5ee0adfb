/**
 * All policy: what to do next about one ManagedModel, as a pure function of what is desired, observed and remembered.
 * No I/O, no clock, no framework, no logger.
 */
@NullMarked
package dev.lmstudiooperator.agent.plan;

import org.jspecify.annotations.NullMarked;
