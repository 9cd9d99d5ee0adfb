package dev.lmstudiooperator.simulator.state;

import org.jspecify.annotations.Nullable;

/**
 * How a load goes wrong.
 *
 * @param failsAt share of the load at which {@code failure} strikes; above 1: never
 * @param failure null: the load goes silent instead
 */
public record LoadPlan(double failsAt, @Nullable ServerError failure) {

    public static final LoadPlan SMOOTH = new LoadPlan(2, null);
}
