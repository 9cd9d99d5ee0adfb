package dev.lmstudiooperator.preflight;

import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.jboss.logging.Logger;

/** Logs missing API server permissions, each only once. Used by one thread. */
final class PermissionLogger {

    private static final Logger LOG = Logger.getLogger(OperatorBootstrap.class);

    private final PermissionCheck access;
    private PermissionCheck.Denial reported = PermissionCheck.Denial.NONE;

    PermissionLogger(PermissionCheck access) {
        this.access = access;
    }

    boolean isDenied() {
        return !reported.sentences().isEmpty();
    }

    boolean isBlind() {
        return reported.isBlind();
    }

    void look() {
        PermissionCheck.Denial denial;
        try {
            denial = access.ask();
        } catch (KubernetesClientException e) {
            // OperatorBootstrap reports an API server that does not respond.
            return;
        }
        denial.sentences().stream()
                .filter(sentence -> !reported.sentences().contains(sentence))
                .forEach(sentence -> LogEvent.of("Missing API server permissions")
                        .with(LogField.ERROR, sentence)
                        .error(LOG));
        if (isDenied() && denial.sentences().isEmpty()) {
            LogEvent.of("API server permissions are complete").info(LOG);
        }
        reported = denial;
    }
}
