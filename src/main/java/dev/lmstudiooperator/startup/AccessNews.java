package dev.lmstudiooperator.startup;

import dev.lmstudiooperator.observability.log.LogEvent;
import dev.lmstudiooperator.observability.log.LogField;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.jboss.logging.Logger;

/** Tells the log what this process may not do at the API server, and nothing twice. Used by one thread. */
final class AccessNews {

    private static final Logger LOG = Logger.getLogger(OperatorStart.class);

    private final Access access;
    private Access.Denial told = Access.Denial.NONE;

    AccessNews(Access access) {
        this.access = access;
    }

    boolean isDenied() {
        return !told.sentences().isEmpty();
    }

    boolean isBlind() {
        return told.isBlind();
    }

    void look() {
        Access.Denial denial;
        try {
            denial = access.ask();
        } catch (KubernetesClientException e) {
            // Whoever cannot be asked is told of elsewhere.
            return;
        }
        denial.sentences().stream()
                .filter(sentence -> !told.sentences().contains(sentence))
                .forEach(sentence -> LogEvent.of("Missing API server permissions")
                        .with(LogField.ERROR, sentence)
                        .error(LOG));
        if (isDenied() && denial.sentences().isEmpty()) {
            LogEvent.of("API server permissions are complete").info(LOG);
        }
        told = denial;
    }
}
