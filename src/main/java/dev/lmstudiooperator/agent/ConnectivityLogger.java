package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import java.util.HashMap;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Logs when the CLI or the HTTP API of LM Studio becomes unreachable, with what to do, and when it is reachable again.
 * Does not log an unchanged state.
 */
final class ConnectivityLogger {

    private static final Logger LOG = Logger.getLogger(ConnectivityLogger.class);

    private final Map<String, String> logged = new HashMap<>();

    /** Called by the observer thread only. */
    void log(Observation observation) {
        log("lms", observation.loaded());
        log("HTTP API", observation.served());
    }

    private void log(String endpoint, Reading<?> reading) {
        switch (reading) {
            case Reading.Known<?> known -> {
                if (logged.remove(endpoint) != null) {
                    LogEvent.of("LM Studio is reachable again")
                            .with(LogField.ENDPOINT, endpoint)
                            .info(LOG);
                }
            }
            case Reading.Unknown<?> unknown -> log(endpoint, unknown.why());
        }
    }

    private void log(String endpoint, LmStudioFailure failure) {
        if (!failure.explanation().equals(logged.put(endpoint, failure.explanation()))) {
            LogEvent.of("LM Studio is unreachable")
                    .with(LogField.ENDPOINT, endpoint)
                    .with(LogField.ERROR, failure.explanation())
                    .warn(LOG);
        }
    }
}
