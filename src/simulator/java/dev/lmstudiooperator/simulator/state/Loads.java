package dev.lmstudiooperator.simulator.state;

import dev.lmstudiooperator.simulator.journal.Journal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
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
     * @param onChange runs on progress and at the end
     */
    public LoadJob start(LoadRequest request, LoadJob.PlannedFailure plannedFailure, Runnable onChange)
            throws ServerError.RefusedException {
        var reserved = memory.reserve(request);
        var entry = journal.start(
                "load",
                Json.object()
                        .put("identifier", reserved.identifier())
                        .put("modelKey", request.model().modelKey())
                        .put("jit", request.jit())
                        .put("by", request.by())
                        .set("ttlSeconds", request.ttlMs() == null ? null : Json.number(request.ttlMs() / 1000)));
        var job = new LoadJob(clock, memory, reserved, entry, plannedFailure, durationOf(request.model()), onChange);
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

    /** Starts a load and returns the instance when the load has ended. */
    public Instance loadAndWait(LoadRequest request) throws ServerError.RefusedException, InterruptedException {
        var changes = new Semaphore(0);
        var job = start(request, LoadJob.PlannedFailure.NONE, changes::release);
        while (job.phase() == LoadJob.Phase.LOADING) {
            changes.acquire();
        }
        if (job.phase() != LoadJob.Phase.LOADED) {
            throw new ServerError.RefusedException(ServerError.of("Failed to load model"));
        }
        return job.instance();
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
