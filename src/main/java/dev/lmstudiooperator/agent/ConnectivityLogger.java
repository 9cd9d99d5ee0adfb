package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.Logger;

/** Tells the log when a way to LM Studio breaks, with what to do, and when it is whole again; not what stays as it is. */
final class ConnectivityLogger {

    private static final Logger LOG = Logger.getLogger(ConnectivityLogger.class);

    private final Map<String, String> told = new HashMap<>();

    /** Called by the observer's thread only. */
    void tell(Observation observation) {
        tell("lms", observation.loaded());
        tell("HTTP API", observation.served());
    }

    private void tell(String way, Reading<?> reading) {
        switch (reading) {
            case Reading.Known<?> known -> {
                if (told.remove(way) != null) {
                    LogEvent.of("LM Studio is reachable again")
                            .with(LogField.WAY, way)
                            .info(LOG);
                }
            }
            case Reading.Unknown<?> unknown -> tell(way, unknown.why());
        }
    }

    private void tell(String way, LmStudioFailure failure) {
        if (!failure.explanation().equals(told.put(way, failure.explanation()))) {
            LogEvent.of("LM Studio is unreachable")
                    .with(LogField.WAY, way)
                    .with(LogField.ERROR, failure.explanation())
                    .warn(LOG);
        }
    }
}
