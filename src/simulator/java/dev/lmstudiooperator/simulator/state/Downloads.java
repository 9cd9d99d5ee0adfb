package dev.lmstudiooperator.simulator.state;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Downloads go on in LM Studio when whoever asked for them is gone; the next one who asks for the same joins. */
public final class Downloads {

    private final InstantSource clock;
    private final Map<String, Instant> begun = new ConcurrentHashMap<>();

    Downloads(InstantSource clock) {
        this.clock = clock;
    }

    /** Begins it, unless it is under way. */
    public Instant beganAt(String name) {
        return begun.computeIfAbsent(name, key -> clock.instant());
    }

    public void end(String name) {
        begun.remove(name);
    }

    public void reset() {
        begun.clear();
    }
}
