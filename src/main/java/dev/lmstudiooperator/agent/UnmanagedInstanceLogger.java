package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/** Logs each unmanaged instance in the memory of this node, once each time it appears. */
final class UnmanagedInstanceLogger {

    private static final Logger LOG = Logger.getLogger(UnmanagedInstanceLogger.class);

    private final Set<String> logged = new HashSet<>();

    /** Called by the observer thread only. */
    void log(Observation observation, Set<String> named) {
        for (Instance instance : newInstances(observation, named)) {
            LogEvent.of("Ignoring unmanaged instance")
                    .with(LogField.IDENTIFIER, instance.identifier())
                    .with(LogField.MODEL, instance.modelKey())
                    .with(LogField.SIZE_BYTES, instance.sizeBytes())
                    .info(LOG);
        }
    }

    List<Instance> newInstances(Observation observation, Set<String> named) {
        if (!observation.loaded().isKnown()) {
            return List.of();
        }
        List<Instance> unmanaged = observation.localInstances().stream()
                .filter(instance -> !named.contains(instance.identifier()))
                .toList();
        logged.retainAll(unmanaged.stream().map(Instance::identifier).toList());
        return unmanaged.stream()
                .filter(instance -> logged.add(instance.identifier()))
                .toList();
    }
}
