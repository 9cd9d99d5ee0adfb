package dev.lmstudiooperator.simulator.state;

import org.jspecify.annotations.Nullable;

/**
 * The planned failure of a load.
 *
 * @param failsAt progress at which {@code failure} occurs; above 1: never
 * @param failure null: the load stops reporting progress instead
 */
public record LoadPlan(double failsAt, @Nullable ServerError failure) {

    public static final LoadPlan SMOOTH = new LoadPlan(2, null);
}
