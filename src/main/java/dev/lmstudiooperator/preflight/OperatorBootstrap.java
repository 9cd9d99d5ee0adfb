package dev.lmstudiooperator.preflight;

import static java.net.HttpURLConnection.HTTP_UNAUTHORIZED;

import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import dev.lmstudiooperator.preflight.ApiServerCheck.Result;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.impl.cache.Reflector;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.lang.reflect.Field;
import java.time.Duration;
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
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(2);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(10);

    /**
     * A watch lasts for one to two times this duration. After a silent failure of all connections, requests on dead pooled
     * connections time out one after the other, up to four of them. The bound for observing a new object is one minute.
     */
    private static final Duration SHORTEST_WATCH = Duration.ofSeconds(12);

    private final ProcessDefinition process;
    private final KubernetesClient client;
    private final Credentials credentials;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean hasBegun;
    private volatile boolean isServed;
    private volatile boolean isStarted;

    OperatorBootstrap(ProcessDefinition process, KubernetesClient client) {
        this.process = process;
        this.client = client;
        this.credentials = new Credentials(client);
    }

    /** Returns when the process is stopped. */
    public void run() {
        shortenWatches();
        hasBegun = true;
        try (ApiServerCheck server = new ApiServerCheck(client)) {
            if (awaitApiServer(server)) {
                PermissionCheck permissions = server.permissions(process);
                if (awaitPermissions(permissions)) {
                    process.components().forEach(component -> component.start().run());
                    isStarted = true;
                    watch(server, permissions);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Shortens the watches of all informers that start later. A watch on a broken connection receives no events and reports
     * no error. The client reopens each watch after five to ten minutes. That is too long for the operator, and the client
     * offers no setting for it.
     */
    private static void shortenWatches() {
        try {
            Field shortest = Reflector.class.getDeclaredField("MIN_TIMEOUT");
            shortest.setAccessible(true);
            shortest.setLong(null, SHORTEST_WATCH.toSeconds());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This release of the Kubernetes client has no field for it any more", e);
        }
    }

    boolean hasBegun() {
        return hasBegun;
    }

    /** Whether the API server served ManagedModels at the last check, and every component is ready. */
    boolean isReady() {
        return isServed
                && isStarted
                && process.components().stream()
                        .allMatch(component -> component.isReady().getAsBoolean());
    }

    /** Whether every component makes progress. */
    boolean isAlive() {
        return process.components().stream()
                .allMatch(component -> component.isAlive().getAsBoolean());
    }

    /** Stops the components in reverse order. */
    void stop(@Observes ShutdownEvent event) {
        stopped.countDown();
        process.components().reversed().forEach(component -> component.stop().run());
    }

    /**
     * Checks the API server periodically. Watches reconnect by themselves; the checks report why reconciliation does not
     * progress.
     */
    private void watch(ApiServerCheck server, PermissionCheck permissions) throws InterruptedException {
        while (!isStoppedWithin(CHECK_INTERVAL)) {
            boolean isServing = server.isServing();
            if (!isServing && !awaitApiServer(server)) {
                return;
            }
            if (!isServing || permissions.isDenied()) {
                permissions.check();
            }
        }
    }

    /** Returns false if the process is stopped first. */
    private boolean awaitApiServer(ApiServerCheck server) throws InterruptedException {
        Result reported = new Result.Ready();
        do {
            Result result = server.ask();
            isServed = isSufficient(result);
            if (!result.getClass().equals(reported.getClass())) {
                log(server, result);
                reported = result;
            }
            if (isServed) {
                return true;
            }
        } while (!isStoppedWithin(RETRY_INTERVAL));
        return false;
    }

    /**
     * Waits for permission to watch; without it the API server refuses every watch. Returns false if the process is stopped
     * first.
     */
    private boolean awaitPermissions(PermissionCheck permissions) throws InterruptedException {
        do {
            permissions.check();
            if (!permissions.isWatchDenied()) {
                return true;
            }
        } while (!isStoppedWithin(CHECK_INTERVAL));
        return false;
    }

    private boolean isStoppedWithin(Duration time) throws InterruptedException {
        return stopped.await(time.toMillis(), TimeUnit.MILLISECONDS) || haveCredentialsChanged();
    }

    /** Exits if the credentials changed. The supervisor restarts the process, which then reads the new files. */
    private boolean haveCredentialsChanged() {
        boolean haveCredentialsChanged = credentials.haveChanged();
        if (haveCredentialsChanged) {
            LogEvent.of("Kubeconfig or certificate changed; exiting for a restart")
                    .warn(LOG);
            Quarkus.asyncExit(1);
        }
        return haveCredentialsChanged;
    }

    /** A process without permission for the check (403) may still have permission to reconcile. */
    private static boolean isSufficient(Result result) {
        return switch (result) {
            case Result.Ready ready -> true;
            case Result.Older older -> true;
            case Result.Refused refused -> refused.code() == 403;
            case Result.NoDefinition none -> false;
            case Result.Unreachable unreachable -> false;
        };
    }

    private static void log(ApiServerCheck server, Result result) {
        switch (result) {
            case Result.Ready ready ->
                LogEvent.of("The API server serves ManagedModels")
                        .with(LogField.ADDRESS, server.address())
                        .info(LOG);
            case Result.Older older ->
                LogEvent.of("The CustomResourceDefinition of ManagedModel is older than this operator")
                        .with(
                                LogField.ERROR,
                                "it lacks %s. These are left out of statuses, and have no effect in specs. Update it with `kubectl apply -k k8s`, with the manifests of this release"
                                        .formatted(String.join(", ", older.missingFields())))
                        .error(LOG);
            case Result.NoDefinition none ->
                LogEvent.of("ManagedModels are not installed")
                        .with(LogField.ADDRESS, server.address())
                        .with(
                                LogField.ERROR,
                                "install the CustomResourceDefinition with `kubectl apply -k k8s`. The operator retries every %d s"
                                        .formatted(RETRY_INTERVAL.toSeconds()))
                        .error(LOG);
            case Result.Refused refused ->
                LogEvent.of("The API server refused this process")
                        .with(LogField.ADDRESS, server.address())
                        .with(LogField.ERROR, "%s. The operator keeps trying".formatted(whatToDo(refused)))
                        .error(LOG);
            case Result.Unreachable unreachable ->
                LogEvent.of("The API server does not answer")
                        .with(LogField.ADDRESS, server.address())
                        .with(
                                LogField.ERROR,
                                "%s: check that it runs, the network, and the kubeconfig (KUBECONFIG). The operator retries every %d s"
                                        .formatted(unreachable.why(), RETRY_INTERVAL.toSeconds()))
                        .error(LOG);
        }
    }

    private static String whatToDo(Result.Refused refused) {
        return refused.code() == HTTP_UNAUTHORIZED
                ? "HTTP 401: its token has expired or was revoked. Renew its kubeconfig, with deploy/enroll-node for a machine outside of the cluster; the operator reads it again"
                : "HTTP %d: check its kubeconfig or service account, and install the roles with `kubectl apply -k k8s`"
                        .formatted(refused.code());
    }
}
