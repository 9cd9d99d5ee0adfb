package dev.lmstudiooperator.controller;

import dev.lmstudiooperator.observability.log.LogEvent;
import dev.lmstudiooperator.observability.log.LogField;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectorBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Lets one controller of the cluster work: the one whose process holds a Lease. Who cannot renew it stops before another one
 * may take it; who is told to end gives it back, so that another one need not wait until it runs out.
 */
public final class Leadership implements AutoCloseable {

    static final String LEASE = "controller";

    /** With the time that a new leader takes to read what there is, a controller that died is replaced within 20 s. */
    private static final Duration LEASE_DURATION = Duration.ofSeconds(15);

    private static final Duration RENEW_DEADLINE = Duration.ofSeconds(10);
    private static final Duration RETRY_PERIOD = Duration.ofSeconds(2);
    private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(3);

    private static final Logger LOG = Logger.getLogger(Leadership.class);

    private final KubernetesClient client;
    private final LeaderElectionConfig election;
    private final Supplier<? extends AutoCloseable> controller;
    private final ExecutorService electing = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("election-", 1).factory());

    /** One thread: what is opened is closed after that. */
    private final ExecutorService working = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("leadership").factory());

    private volatile @Nullable Term term;
    private volatile boolean isClosed;
    private volatile @Nullable AutoCloseable work;

    private record Term(LeaderElector elector, CompletableFuture<?> running) {}

    /**
     * @param identity whose the Lease is; a process that comes back with the same one need not wait
     * @param controller begins to work when it is got, and ends when it is closed
     */
    public Leadership(
            KubernetesClient client, String namespace, String identity, Supplier<? extends AutoCloseable> controller) {
        this.client = client;
        this.controller = controller;
        this.election = new LeaderElectionConfig(
                new LeaseLock(namespace, LEASE, identity),
                LEASE_DURATION,
                RENEW_DEADLINE,
                RETRY_PERIOD,
                new LeaderCallbacks(this::lead, this::follow, this::tell),
                false,
                LEASE);
    }

    /** Returns at once. */
    public void start() {
        electing.execute(this::stand);
    }

    /** Whether this process is the controller. */
    public boolean isLeading() {
        return work != null;
    }

    /** Stands for election again and again, since a term ends when the API server cannot be reached. */
    private void stand() {
        while (!isClosed) {
            LeaderElector elector = new LeaderElectorBuilder(client, electing)
                    .withConfig(election)
                    .build();
            CompletableFuture<?> running = elector.start();
            term = new Term(elector, running);
            if (isClosed) {
                running.cancel(true);
            }
            try {
                running.join();
            } catch (CancellationException | CompletionException e) {
                LogEvent.of("A term as the controller has ended")
                        .with(LogField.EXPLANATION, e)
                        .debug(LOG);
            }
        }
    }

    private void lead() {
        working.execute(() -> {
            if (isClosed) {
                return;
            }
            LogEvent.of("This process is the controller now").info(LOG);
            try {
                work = controller.get();
            } catch (RuntimeException e) {
                LogEvent.of("The controller could not begin to work, and lets others try")
                        .error(LOG, e);
                Optional.ofNullable(term).ifPresent(failed -> failed.running().cancel(true));
            }
        });
    }

    private void follow() {
        working.execute(this::end);
    }

    private void end() {
        AutoCloseable ending = work;
        work = null;
        if (ending == null) {
            return;
        }
        try {
            ending.close();
            LogEvent.of("This process is not the controller any more").info(LOG);
        } catch (Exception e) {
            LogEvent.of("The controller could not be stopped").error(LOG, e);
        }
    }

    private void tell(String leader) {
        LogEvent.of("Another process may be the controller")
                .with(LogField.LEADER, leader)
                .info(LOG);
    }

    /**
     * The Lease is given back when the work has ended, not before. Work that is only beginning may not end in time; then the
     * Lease runs out.
     */
    @Override
    public void close() {
        isClosed = true;
        boolean hasEnded = isDoneInTime(CompletableFuture.runAsync(this::end, working));
        Term last = term;
        if (last != null) {
            last.running().cancel(true);
            if (!hasEnded || !isDoneInTime(CompletableFuture.runAsync(last.elector()::release, electing))) {
                LogEvent.of("The Lease of the controller could not be given back")
                        .info(LOG);
            }
        }
        working.shutdown();
        electing.shutdown();
    }

    /** That the API server does not answer keeps nobody here. */
    private static boolean isDoneInTime(CompletableFuture<Void> work) {
        try {
            work.get(LONGEST_FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            LogEvent.of("The controller ends before its work does")
                    .with(LogField.ERROR, e)
                    .debug(LOG);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
