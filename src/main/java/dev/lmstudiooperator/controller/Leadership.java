package dev.lmstudiooperator.controller;

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
    private final ExecutorService electing = Executors.newVirtualThreadPerTaskExecutor();

    /** One thread: what is opened is closed after that. */
    private final ExecutorService working = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("leadership").factory());

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
                LOG.debugf("A term has ended: %s", e.getMessage());
            }
        }
    }

    private void lead() {
        working.execute(() -> {
            LOG.info("This process is the controller now");
            try {
                work = controller.get();
            } catch (RuntimeException e) {
                LOG.error("The controller could not begin to work, and lets others try", e);
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
            LOG.info("This process is not the controller any more");
        } catch (Exception e) {
            LOG.error("The controller could not be stopped", e);
        }
    }

    private void tell(String leader) {
        LOG.infof("Another process may be the controller: leader=%s", leader);
    }

    /** The Lease is given back when the work has ended, not before; that the API server does not answer keeps nobody here. */
    @Override
    public void close() {
        isClosed = true;
        CompletableFuture.runAsync(this::end, working).join();
        Term last = term;
        if (last != null) {
            resign(last);
        }
        working.shutdown();
        electing.shutdown();
    }

    private void resign(Term last) {
        CompletableFuture<Void> resigned = CompletableFuture.runAsync(
                () -> {
                    last.running().cancel(true);
                    last.elector().release();
                },
                electing);
        try {
            resigned.get(LONGEST_FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            LOG.infof("The Lease of the controller could not be given back: %s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
