package dev.lmstudiooperator.preflight;

import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A component of the operator, according to its role. It starts as soon as the API server serves the resources that it
 * needs.
 *
 * @param rules the API server permissions that it needs
 * @param isReady whether it has the information that it needs to work
 * @param isAlive whether it makes progress. Missing responses of other systems do not count, because a restart would
 *     not help
 */
public record Component(
        List<PolicyRule> rules, Runnable start, BooleanSupplier isReady, BooleanSupplier isAlive, Runnable stop) {}
