package dev.lmstudiooperator.startup;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Starts reconciling as soon as the API server serves ManagedModels, however long that takes: a process that gives up
 * would be started again and again. Until then readiness is down, and liveness is up.
 */
@ApplicationScoped
public class OperatorStart {

    private static final Logger LOG = Logger.getLogger(OperatorStart.class);
    private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(2);

    private final Operator operator;
    private final KubernetesClient client;
    private final CountDownLatch stopped = new CountDownLatch(1);

    OperatorStart(Operator operator, KubernetesClient client) {
        this.operator = operator;
        this.client = client;
    }

    /** Returns when reconciling has begun, or the process is told to end. */
    public void start() {
        try {
            if (isServed()) {
                operator.start();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void stop(@Observes ShutdownEvent event) {
        stopped.countDown();
        operator.stop();
    }

    private boolean isServed() throws InterruptedException {
        try (ApiServer server = new ApiServer(client)) {
            Welcome told = new Welcome.Ready();
            do {
                Welcome welcome = server.ask();
                if (!welcome.getClass().equals(told.getClass())) {
                    tell(server, welcome);
                    told = welcome;
                }
                if (isEnough(welcome)) {
                    return true;
                }
            } while (!stopped.await(BETWEEN_QUESTIONS.toMillis(), TimeUnit.MILLISECONDS));
            return false;
        }
    }

    /** Who may not ask may still be allowed to reconcile. */
    private static boolean isEnough(Welcome welcome) {
        return switch (welcome) {
            case Welcome.Ready ready -> true;
            case Welcome.Older older -> true;
            case Welcome.Refused refused -> refused.code() == 403;
            case Welcome.NoDefinition none -> false;
            case Welcome.Unreachable unreachable -> false;
        };
    }

    private static void tell(ApiServer server, Welcome welcome) {
        switch (welcome) {
            case Welcome.Ready ready -> LOG.infof("The API server at %s serves ManagedModels now", server.address());
            case Welcome.Older older ->
                LOG.errorf(
                        "The CustomResourceDefinition of ManagedModel is older than this operator: it lacks %s."
                                + " Statuses that use these cannot be written. Update it with `kubectl apply -k k8s`,"
                                + " with the manifests of this release",
                        String.join(", ", older.missingFields()));
            case Welcome.NoDefinition none ->
                LOG.errorf(
                        "The API server at %s knows no ManagedModels: install the CustomResourceDefinition with"
                                + " `kubectl apply -k k8s`. The operator asks again every %d s",
                        server.address(), BETWEEN_QUESTIONS.toSeconds());
            case Welcome.Refused refused ->
                LOG.errorf(
                        "The API server at %s refuses this process (%d): check its kubeconfig or service account, and"
                                + " install the roles with `kubectl apply -k k8s`. The operator keeps trying",
                        server.address(), refused.code());
            case Welcome.Unreachable unreachable ->
                LOG.errorf(
                        "The API server at %s does not answer (%s): check that it runs, the network, and the"
                                + " kubeconfig (KUBECONFIG). The operator asks again every %d s",
                        server.address(), unreachable.why(), BETWEEN_QUESTIONS.toSeconds());
        }
    }
}
