package dev.lmstudiooperator.simulator.state;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The downloads in progress. They continue after their caller has ended. A later request for the same model joins. */
public final class Downloads {

    private final InstantSource clock;
    private final Map<String, Instant> startTimes = new ConcurrentHashMap<>();

    Downloads(InstantSource clock) {
        this.clock = clock;
    }

    /** Starts the download, unless it is in progress, and returns its start time. */
    public Instant start(String name) {
        return startTimes.computeIfAbsent(name, key -> clock.instant());
    }

    public void end(String name) {
        startTimes.remove(name);
    }

    public void reset() {
        startTimes.clear();
    }
}
