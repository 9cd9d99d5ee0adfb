/**
 * The state of the simulated LM Studio: models on disk, instances in memory, loads in progress, the daemon and the
 * clock.
 */
@NullMarked
package dev.lmstudiooperator.simulator.state;

import org.jspecify.annotations.NullMarked;
