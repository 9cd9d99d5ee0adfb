package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.lmstudio.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;

/** The TTL of a model that is kept loaded is a lease: the agent renews it well before half of it has passed. */
final class Lease {

    /** A renewal that had no effect is tried again after this time. */
    static final Duration RETRY = Duration.ofSeconds(10);

    private Lease() {}

    /** A busy instance is not idle: its timer begins when it has finished. */
    static Instant renewalDueAt(Situation s, Instance instance) {
        if (instance.isBusy()) {
            return s.observation().loaded().at().plus(share(s));
        }
        History.Recorded recorded = s.history().recorded();
        Instant retryAt = s.history().renewedAt() == null
                ? Instant.MIN
                : s.history().renewedAt().plus(RETRY);
        Instant dueAt = Stream.of(instance.lastUsedAt(), recorded == null ? null : recorded.loadedAt())
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .map(usedAt -> usedAt.plus(share(s)))
                .orElse(Instant.MIN);
        return dueAt.isBefore(retryAt) ? retryAt : dueAt;
    }

    /** The same while nobody can tell when clients used the instance last: each renewal of ours counts as having had its effect. */
    static Instant renewalDueAt(Situation s, History.Recorded recorded) {
        return Stream.of(recorded.loadedAt(), s.history().renewedAt())
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .map(renewedAt -> renewedAt.plus(share(s)))
                .orElse(Instant.MIN);
    }

    private static Duration share(Situation s) {
        return s.desired().ttl().multipliedBy(2).dividedBy(5);
    }
}
