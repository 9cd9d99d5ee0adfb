package dev.lmstudiooperator.simulator.state;

import dev.lmstudiooperator.simulator.journal.Journal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The loads in progress. */
public final class Loads {

    private final SimulatedClock clock;
    private final Supplier<Settings> settings;
    private final Memory memory;
    private final Journal journal;
    private final Map<LoadJob, Thread> running = new ConcurrentHashMap<>();

    public Loads(SimulatedClock clock, Supplier<Settings> settings, Memory memory, Journal journal) {
        this.clock = clock;
        this.settings = settings;
        this.memory = memory;
        this.journal = journal;
    }

    /**
     * Starts a load.
     *
     * @param onChange called on progress and at the end
     */
    public LoadJob start(LoadOrder order, LoadPlan plan, Runnable onChange) throws Refused {
        var reserved = memory.reserve(order);
        var entry = journal.start(
                "load",
                Json.object()
                        .put("identifier", reserved.identifier())
                        .put("modelKey", order.model().modelKey())
                        .put("jit", order.jit())
                        .put("by", order.by())
                        .set("ttlSeconds", order.ttlMs() == null ? null : Json.number(order.ttlMs() / 1000)));
        var job = new LoadJob(clock, memory, reserved, entry, plan, durationOf(order.model()), onChange);
        var thread = Thread.ofPlatform().daemon().name("load-" + entry.seq()).unstarted(() -> {
            try {
                job.run();
            } finally {
                running.remove(job);
            }
        });
        running.put(job, thread);
        thread.start();
        return job;
    }

    /** Cancels all loads in progress and returns when they have ended. */
    public void cancelAll() {
        var threads = List.copyOf(running.values());
        running.keySet().forEach(LoadJob::cancel);
        try {
            for (var thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration durationOf(Model model) {
        var own = model.loadMillis();
        return Duration.ofMillis(own != null ? own : settings.get().loadMillis());
    }
}
