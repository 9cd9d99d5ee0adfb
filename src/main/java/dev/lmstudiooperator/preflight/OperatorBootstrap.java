package dev.lmstudiooperator.preflight;

import static java.net.HttpURLConnection.HTTP_UNAUTHORIZED;

import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Starts the components as soon as the API server serves ManagedModels. The wait has no limit, because a process that exits
 * would be restarted repeatedly. Until then readiness is down, and liveness is up.
 */
@Startup // On the startup thread: a client that a health request creates closes with the HTTP server.
@ApplicationScoped
public class OperatorBootstrap {

    private static final Logger LOG = Logger.getLogger(OperatorBootstrap.class);
    private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(2);
    private static final Duration BETWEEN_SIGNS_OF_LIFE = Duration.ofSeconds(10);

    private final Components all;
    private final List<Component> parts;
    private final KubernetesClient client;
    private final Credentials credentials;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean hasBegun;
    private volatile boolean isServed;
    private volatile boolean isStarted;

    OperatorBootstrap(Components parts, KubernetesClient client) {
        this.all = parts;
        this.parts = parts.parts();
        this.client = client;
        this.credentials = new Credentials(client);
    }

    /** Returns when the process is stopped. */
    public void run() {
        ShortWatches.use();
        hasBegun = true;
        try (ApiServerCheck server = new ApiServerCheck(client)) {
            if (awaitWelcome(server)) {
                PermissionLogger access = new PermissionLogger(server.access(all));
                if (awaitSight(access)) {
                    parts.forEach(Component::start);
                    isStarted = true;
                    watch(server, access);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean hasBegun() {
        return hasBegun;
    }

    /** Whether the API server served ManagedModels at the last check, and every component is ready. */
    boolean isReady() {
        return isServed && isStarted && parts.stream().allMatch(Component::isReady);
    }

    /** Whether every component makes progress. */
    boolean isAlive() {
        return parts.stream().allMatch(Component::isAlive);
    }

    /** Stops the components in reverse order. */
    void stop(@Observes ShutdownEvent event) {
        stopped.countDown();
        parts.reversed().forEach(Component::stop);
    }

    /**
     * Checks the API server periodically. Watches reconnect by themselves; the checks report why reconciliation does not
     * progress.
     */
    private void watch(ApiServerCheck server, PermissionLogger access) throws InterruptedException {
        while (!isStoppedWithin(BETWEEN_SIGNS_OF_LIFE)) {
            boolean isServing = server.isServing();
            if (!isServing && !awaitWelcome(server)) {
                return;
            }
            if (!isServing || access.isDenied()) {
                access.look();
            }
        }
    }

    /** Returns false if the process is stopped first. */
    private boolean awaitWelcome(ApiServerCheck server) throws InterruptedException {
        CrdCheckResult reported = new CrdCheckResult.Ready();
        do {
            CrdCheckResult welcome = server.ask();
            isServed = isEnough(welcome);
            if (!welcome.getClass().equals(reported.getClass())) {
                log(server, welcome);
                reported = welcome;
            }
            if (isServed) {
                return true;
            }
        } while (!isStoppedWithin(BETWEEN_QUESTIONS));
        return false;
    }

    /**
     * Waits for permission to watch; without it the API server refuses every watch. Returns false if the process is stopped
     * first.
     */
    private boolean awaitSight(PermissionLogger access) throws InterruptedException {
        do {
            access.look();
            if (!access.isBlind()) {
                return true;
            }
        } while (!isStoppedWithin(BETWEEN_SIGNS_OF_LIFE));
        return false;
    }

    private boolean isStoppedWithin(Duration time) throws InterruptedException {
        return stopped.await(time.toMillis(), TimeUnit.MILLISECONDS) || isToBeginAnew();
    }

    /** Exits if the credentials changed. The supervisor restarts the process, which then reads the new files. */
    private boolean isToBeginAnew() {
        boolean isToBeginAnew = credentials.haveChanged();
        if (isToBeginAnew) {
            LogEvent.of("Kubeconfig or certificate changed; exiting for a restart")
                    .warn(LOG);
            Quarkus.asyncExit(1);
        }
        return isToBeginAnew;
    }

    /** A process without permission for the check (403) may still have permission to reconcile. */
    private static boolean isEnough(CrdCheckResult welcome) {
        return switch (welcome) {
            case CrdCheckResult.Ready ready -> true;
            case CrdCheckResult.Older older -> true;
            case CrdCheckResult.Refused refused -> refused.code() == 403;
            case CrdCheckResult.NoDefinition none -> false;
            case CrdCheckResult.Unreachable unreachable -> false;
        };
    }

    private static void log(ApiServerCheck server, CrdCheckResult welcome) {
        switch (welcome) {
            case CrdCheckResult.Ready ready ->
                LogEvent.of("The API server serves ManagedModels")
                        .with(LogField.ADDRESS, server.address())
                        .info(LOG);
            case CrdCheckResult.Older older ->
                LogEvent.of("The CustomResourceDefinition of ManagedModel is older than this operator")
                        .with(
                                LogField.ERROR,
                                "it lacks %s. These are left out of statuses, and have no effect in specs. Update it with `kubectl apply -k k8s`, with the manifests of this release"
                                        .formatted(String.join(", ", older.missingFields())))
                        .error(LOG);
            case CrdCheckResult.NoDefinition none ->
                LogEvent.of("ManagedModels are not installed")
                        .with(LogField.ADDRESS, server.address())
                        .with(
                                LogField.ERROR,
                                "install the CustomResourceDefinition with `kubectl apply -k k8s`. The operator retries every %d s"
                                        .formatted(BETWEEN_QUESTIONS.toSeconds()))
                        .error(LOG);
            case CrdCheckResult.Refused refused ->
                LogEvent.of("The API server refused this process")
                        .with(LogField.ADDRESS, server.address())
                        .with(LogField.ERROR, "%s. The operator keeps trying".formatted(whatToDo(refused)))
                        .error(LOG);
            case CrdCheckResult.Unreachable unreachable ->
                LogEvent.of("The API server does not answer")
                        .with(LogField.ADDRESS, server.address())
                        .with(
                                LogField.ERROR,
                                "%s: check that it runs, the network, and the kubeconfig (KUBECONFIG). The operator retries every %d s"
                                        .formatted(unreachable.why(), BETWEEN_QUESTIONS.toSeconds()))
                        .error(LOG);
        }
    }

    private static String whatToDo(CrdCheckResult.Refused refused) {
        return refused.code() == HTTP_UNAUTHORIZED
                ? "HTTP 401: its token has expired or was revoked. Renew its kubeconfig, with deploy/enroll-node for a machine outside of the cluster; the operator reads it again"
                : "HTTP %d: check its kubeconfig or service account, and install the roles with `kubectl apply -k k8s`"
                        .formatted(refused.code());
    }
}
