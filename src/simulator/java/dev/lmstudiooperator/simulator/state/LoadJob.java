package dev.lmstudiooperator.simulator.state;

import dev.lmstudiooperator.simulator.journal.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A load in the server. Its caller only observes it. */
public final class LoadJob {

    /**
     * The planned failure of a load.
     *
     * @param progress the progress at which {@code error} occurs; above 1: never
     * @param error null: the load stops reporting progress instead
     */
    public record PlannedFailure(double progress, @Nullable ServerError error) {

        public static final PlannedFailure NONE = new PlannedFailure(2, null);
    }

    /** The phase of a load. */
    public enum Phase {
        LOADING,
        LOADED,
        FAILED,
        CANCELLED
    }

    private static final int STEPS = 8;
    private static final Duration FOREVER = Duration.ofDays(36_500);

    private final SimulatedClock clock;
    private final Memory memory;
    private final Entry entry;
    private final PlannedFailure plannedFailure;
    private final Duration duration;
    private final Runnable onChange;
    private volatile Instance instance;
    private volatile Phase phase = Phase.LOADING;
    private volatile double progress;
    private volatile boolean cancelled;
    private volatile boolean attached = true;
    private volatile @Nullable ServerError error;

    LoadJob(
            SimulatedClock clock,
            Memory memory,
            Instance reserved,
            Entry entry,
            PlannedFailure plannedFailure,
            Duration duration,
            Runnable onChange) {
        this.clock = clock;
        this.memory = memory;
        this.instance = reserved;
        this.entry = entry;
        this.plannedFailure = plannedFailure;
        this.duration = duration;
        this.onChange = onChange;
    }

    public Phase phase() {
        return phase;
    }

    /** Returns a value from 0 to 1. */
    public double progress() {
        return progress;
    }

    public @Nullable ServerError error() {
        return error;
    }

    /** Returns the requested instance during the load, and the loaded instance afterwards. */
    public Instance instance() {
        return instance;
    }

    public void cancel() {
        cancelled = true;
        clock.signal();
    }

    /** Detaches the caller. The load continues without it. */
    public void detach() {
        attached = false;
    }

    void run() {
        try {
            var started = instance.loadedAt();
            for (int step = 0; step <= STEPS && phase == Phase.LOADING; step++) {
                runStep(started, step);
            }
        } catch (InterruptedException e) {
            end(Phase.CANCELLED, "cancelled " + instance.summary());
            Thread.currentThread().interrupt();
        }
    }

    private void runStep(Instant started, int step) throws InterruptedException {
        if ((double) step / STEPS > plannedFailure.progress()) {
            fail();
            return;
        }
        if (!clock.sleepUntil(started.plus(duration.multipliedBy(step).dividedBy(STEPS)), () -> cancelled)) {
            end(Phase.CANCELLED, "cancelled " + instance.summary());
        } else if (step == STEPS) {
            instance = memory.complete(instance);
            end(Phase.LOADED, (attached ? "loaded " : "loaded late ") + instance.summary());
        } else {
            progress = (double) step / STEPS;
            onChange.run();
        }
    }

    private void fail() throws InterruptedException {
        var failure = plannedFailure.error();
        if (failure == null) {
            clock.sleepUntil(clock.instant().plus(FOREVER), () -> cancelled);
            end(Phase.CANCELLED, "cancelled " + instance.summary());
        } else {
            error = failure;
            end(Phase.FAILED, "failed " + instance.summary());
        }
    }

    private void end(Phase finalPhase, String effect) {
        memory.release(instance);
        progress = finalPhase == Phase.LOADED ? 1 : progress;
        entry.effect(effect);
        entry.finish("outcome", finalPhase.name().toLowerCase(Locale.ROOT));
        phase = finalPhase;
        onChange.run();
    }
}
