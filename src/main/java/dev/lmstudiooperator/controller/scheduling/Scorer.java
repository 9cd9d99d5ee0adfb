package dev.lmstudiooperator.controller.scheduling;

import java.util.function.ToLongBiFunction;

/**
 * One reason to take a node rather than another.
 *
 * @param rank how much it speaks for a node: the more, the better
 * @param advantage what is said of the node that it decided for
 */
record Scorer(ToLongBiFunction<SchedulingRequest, NodeInfo> rank, String advantage) {}
