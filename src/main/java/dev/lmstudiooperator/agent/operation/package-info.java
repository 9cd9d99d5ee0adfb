/**
 * Executes the decisions of the planner: the queue of loads, unloads and downloads, their results, and the start of the
 * HTTP server.
 */
@NullMarked
package dev.lmstudiooperator.agent.operation;

import org.jspecify.annotations.NullMarked;
