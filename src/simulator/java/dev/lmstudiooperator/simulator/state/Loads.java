package dev.lmstudiooperator.simulator.state;

import dev.lmstudiooperator.simulator.journal.Journal;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The loads under way. */
public final class Loads {

    private final SimulatedClock clock;
    private final Supplier<Settings> settings;
    private final Memory memory;
    private final Journal journal;
    private final Set<LoadJob> running = ConcurrentHashMap.newKeySet();

    public Loads(SimulatedClock clock, Supplier<Settings> settings, Memory memory, Journal journal) {
        this.clock = clock;
        this.settings = settings;
        this.memory = memory;
        this.journal = journal;
    }

    /**
     * Starts a load.
     *
     * @param onChange told on progress and at the end
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
        running.add(job);
        Thread.ofVirtual().name("load-" + entry.seq()).start(() -> {
            try {
                job.run();
            } finally {
                running.remove(job);
            }
        });
        return job;
    }

    public void cancelAll() {
        running.forEach(LoadJob::cancel);
    }

    private Duration durationOf(Model model) {
        var own = model.loadMillis();
        return Duration.ofMillis(own != null ? own : settings.get().loadMillis());
    }
}
