package dev.lmstudiooperator.controller.binding;

import java.util.function.ToLongBiFunction;

/**
 * One reason to take a node rather than another.
 *
 * @param rank how much it speaks for a node: the more, the better
 * @param advantage what is said of the node that it decided for
 */
record Preference(ToLongBiFunction<Request, Candidate> rank, String advantage) {}
