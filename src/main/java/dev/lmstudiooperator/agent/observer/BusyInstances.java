package dev.lmstudiooperator.agent.observer;

import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Tracks since when busy instances have made no progress. */
final class BusyInstances {

    private BusyInstances() {}

    /** The start times by identifier. A failed read shows neither progress nor a lack of it. */
    static Map<String, Instant> since(Observation before, Reading<List<Instance>> loaded) {
        if (!(loaded instanceof Reading.Known<List<Instance>> known)
                || loaded.at().equals(before.loaded().at())) {
            return before.busySince();
        }
        Map<String, Instant> since = new HashMap<>();
        known.value().stream()
                .filter(instance -> instance.isLocal() && instance.isBusy())
                .forEach(instance -> since.put(
                        instance.identifier(),
                        before.instance(instance.identifier())
                                .filter(earlier -> isUsedAlike(earlier, instance))
                                .map(earlier -> before.busySince().get(earlier.identifier()))
                                .orElse(known.at())));
        return Map.copyOf(since);
    }

    private static boolean isUsedAlike(Instance one, Instance other) {
        return one.activity() == other.activity()
                && one.queued() == other.queued()
                && Objects.equals(one.lastUsedAt(), other.lastUsedAt());
    }
}
