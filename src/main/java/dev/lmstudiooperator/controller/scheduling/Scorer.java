package dev.lmstudiooperator.controller.scheduling;

import java.util.function.ToLongBiFunction;

/**
 * One criterion by which the scheduler prefers a node.
 *
 * @param rank the score of a node; higher is better
 * @param advantage the text for the message if this criterion decides
 */
record Scorer(ToLongBiFunction<SchedulingRequest, NodeInfo> rank, String advantage) {}
