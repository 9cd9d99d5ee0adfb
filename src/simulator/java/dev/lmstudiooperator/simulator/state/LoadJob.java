package dev.lmstudiooperator.simulator.state;

import dev.lmstudiooperator.simulator.journal.Entry;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A load in the server. Its caller only observes it. */
public final class LoadJob {

    /** The stage of a load. */
    public enum Stage {
        LOADING,
        LOADED,
        FAILED,
        CANCELLED
    }

    private static final int STEPS = 8;
    private static final Duration FOR_EVER = Duration.ofDays(36_500);

    private final SimulatedClock clock;
    private final Memory memory;
    private final Entry entry;
    private final LoadPlan plan;
    private final Duration duration;
    private final Runnable onChange;
    private volatile Instance instance;
    private volatile Stage stage = Stage.LOADING;
    private volatile double progress;
    private volatile boolean cancelled;
    private volatile boolean watched = true;
    private volatile @Nullable ServerError error;

    LoadJob(
            SimulatedClock clock,
            Memory memory,
            Instance reserved,
            Entry entry,
            LoadPlan plan,
            Duration duration,
            Runnable onChange) {
        this.clock = clock;
        this.memory = memory;
        this.instance = reserved;
        this.entry = entry;
        this.plan = plan;
        this.duration = duration;
        this.onChange = onChange;
    }

    public Stage stage() {
        return stage;
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
        clock.wake();
    }

    /** Detaches the caller. The load continues without it. */
    public void leave() {
        watched = false;
    }

    void run() {
        try {
            var started = instance.loadedAt();
            for (int step = 0; step <= STEPS && stage == Stage.LOADING; step++) {
                advance(started, step);
            }
        } catch (InterruptedException e) {
            end(Stage.CANCELLED, "cancelled " + instance.summary());
            Thread.currentThread().interrupt();
        }
    }

    private void advance(Instant started, int step) throws InterruptedException {
        if ((double) step / STEPS > plan.failsAt()) {
            fail();
            return;
        }
        if (!clock.sleepUntil(started.plus(duration.multipliedBy(step).dividedBy(STEPS)), () -> cancelled)) {
            end(Stage.CANCELLED, "cancelled " + instance.summary());
        } else if (step == STEPS) {
            instance = memory.settle(instance);
            end(Stage.LOADED, (watched ? "loaded " : "loaded late ") + instance.summary());
        } else {
            progress = (double) step / STEPS;
            onChange.run();
        }
    }

    private void fail() throws InterruptedException {
        var failure = plan.failure();
        if (failure == null) {
            clock.sleepUntil(clock.instant().plus(FOR_EVER), () -> cancelled);
            end(Stage.CANCELLED, "cancelled " + instance.summary());
        } else {
            error = failure;
            end(Stage.FAILED, "failed " + instance.summary());
        }
    }

    private void end(Stage last, String effect) {
        memory.release(instance);
        progress = last == Stage.LOADED ? 1 : progress;
        entry.effect(effect);
        entry.finish("outcome", last.name().toLowerCase(java.util.Locale.ROOT));
        stage = last;
        onChange.run();
    }
}
