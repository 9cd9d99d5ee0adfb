package dev.lmstudiooperator.controller.election;

import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.kubernetes.KubernetesClients;
import dev.lmstudiooperator.lease.LeaseAttempt;
import dev.lmstudiooperator.lease.LeaseFactory;
import dev.lmstudiooperator.lease.LeaseRenewer;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs the controller in one process of the cluster: the holder of a Lease. A leader that cannot renew the Lease stops
 * before another process may acquire it. A leader that shuts down releases the Lease, so that another process need not
 * wait until it expires.
 */
public final class LeaderElection implements AutoCloseable {

    static final String LEASE = "controller";

    /** Including the time that a new leader needs to fill its caches, a dead controller is replaced within 20 s. */
    private static final Duration LEASE_DURATION = Duration.ofSeconds(15);

    /** A leader that has not renewed the Lease for this long stops. The rest of the lease duration is the time to stop. */
    private static final Duration RENEWAL_DEADLINE = Duration.ofSeconds(10);

    /** An attempt makes only a few requests, and each request has a deadline. */
    private static final Duration LONGEST_ATTEMPT = Duration.ofMinutes(1);

    private static final Duration RELEASE_TIMEOUT = Duration.ofSeconds(3);

    private static final Logger LOG = Logger.getLogger(LeaderElection.class);

    private final LeaseRenewer renewer;
    private final SteadyClock clock;
    private final Duration renewalDeadline;
    private final Supplier<? extends AutoCloseable> controller;
    private final Runnable disconnect;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch hasEnded = new CountDownLatch(1);
    private final CountDownLatch hasLeft = new CountDownLatch(1);

    // Written under the lock of this object.
    private @Nullable Instant heldSince;
    private Instant attemptedAt;
    private boolean isResigning;

    private volatile @Nullable AutoCloseable work;
    private volatile boolean isStarted;

    // Used only by the thread that renews the Lease.
    private @Nullable String leader;
    private boolean isFailing;

    /**
     * Creates an election for the controller Lease.
     *
     * @param identity the holder of the Lease; a process that restarts with the same identity need not wait
     * @param controller starts the controller; closing the result stops it
     */
    public static LeaderElection of(
            KubernetesClient client,
            String namespace,
            String identity,
            SteadyClock clock,
            Supplier<? extends AutoCloseable> controller) {
        KubernetesClient leaseClient = KubernetesClients.forLease(client, LEASE_DURATION);
        LeaseFactory lease = new LeaseFactory(namespace, LEASE, Map.of(), identity, LEASE_DURATION);
        return new LeaderElection(
                LeaseRenewer.of(leaseClient, lease, clock), clock, RENEWAL_DEADLINE, controller, leaseClient::close);
    }

    /** @param disconnect called when the Lease is no longer needed */
    LeaderElection(
            LeaseRenewer renewer,
            SteadyClock clock,
            Duration renewalDeadline,
            Supplier<? extends AutoCloseable> controller,
            Runnable disconnect) {
        this.renewer = renewer;
        this.clock = clock;
        this.renewalDeadline = renewalDeadline;
        this.controller = controller;
        this.disconnect = disconnect;
        this.attemptedAt = clock.instant();
    }

    /** Returns immediately. */
    public void start() {
        isStarted = true;
        attempted();
        Thread.ofPlatform().daemon().name("election").start(this::campaign);
        Thread.ofPlatform().daemon().name("leadership").start(this::work);
    }

    /** Whether this process is the leader. */
    public boolean isLeading() {
        return work != null;
    }

    /** Whether this process still takes part in the election, even while the API server does not answer. */
    public synchronized boolean isRunning() {
        return !isStarted || clock.instant().isBefore(attemptedAt.plus(LONGEST_ATTEMPT));
    }

    // The thread that renews the Lease. It does nothing else, so other work cannot delay it.

    private void campaign() {
        try {
            Duration pause = Duration.ZERO;
            while (!closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                pause = isResigning() ? resign() : attempt();
                attempted();
            }
            release();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect.run();
            hasLeft.countDown();
        }
    }

    /**
     * Releases the Lease only after the controller has stopped. A controller that is still starting may not stop in time;
     * then the Lease expires.
     */
    private void release() throws InterruptedException {
        if (!hasEnded.await(RELEASE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS) || !renewer.release()) {
            LogEvent.of("Failed to release the controller Lease").info(LOG);
        }
    }

    private synchronized void attempted() {
        attemptedAt = clock.instant();
    }

    private Duration attempt() {
        try {
            LeaseAttempt report = renewer.attempt();
            log(report);
            switch (report) {
                case LeaseAttempt.Held held -> hold(held.since());
                case LeaseAttempt.HeldByAnother another -> hold(null);
                case LeaseAttempt.Failed failed -> {}
            }
            return renewer.pauseAfter(report);
        } catch (RuntimeException e) {
            LogEvent.of("Failed to renew the controller Lease; retrying").error(LOG, e);
            return LEASE_DURATION.dividedBy(4);
        }
    }

    /**
     * Records since when the Lease is held. A slow attempt must not prolong the leadership, so the other thread checks
     * the deadline.
     */
    private synchronized void hold(@Nullable Instant since) {
        heldSince = since;
        notifyAll();
    }

    private synchronized boolean isResigning() {
        return isResigning;
    }

    private Duration resign() {
        hold(null);
        renewer.release();
        synchronized (this) {
            isResigning = false;
        }
        return LEASE_DURATION;
    }

    private void log(LeaseAttempt report) {
        switch (report) {
            case LeaseAttempt.Held held -> leader = null;
            case LeaseAttempt.HeldByAnother another -> {
                if (!another.holder().equals(leader)) {
                    LogEvent.of("Another process is the leader")
                            .with(LogField.LEADER, another.holder())
                            .info(LOG);
                }
                leader = another.holder();
            }
            case LeaseAttempt.Failed failed -> {
                if (!isFailing) {
                    LogEvent.of("Failed to write the controller Lease; retrying")
                            .with(LogField.ERROR, failed.why())
                            .warn(LOG);
                }
            }
        }
        isFailing = report instanceof LeaseAttempt.Failed;
    }

    // The thread that starts and stops the controller.

    private void work() {
        try {
            while (shouldLead(false)) {
                begin();
                shouldLead(true);
                end();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end();
            hasEnded.countDown();
        }
    }

    /** Waits until the result differs from {@code known}. Also returns false when this object is closed. */
    private synchronized boolean shouldLead(boolean known) throws InterruptedException {
        while (closed.getCount() > 0) {
            Duration left = heldSince == null
                    ? Duration.ZERO
                    : Duration.between(clock.instant(), heldSince.plus(renewalDeadline));
            if (left.isPositive() != known) {
                return !known;
            }
            // Less than a millisecond would become wait(0), which waits forever.
            wait(known ? left.toMillis() + 1 : 0);
        }
        return false;
    }

    private void begin() {
        LogEvent.of("Became leader").info(LOG);
        try {
            work = controller.get();
        } catch (RuntimeException e) {
            LogEvent.of("Failed to start the controller; releasing leadership").error(LOG, e);
            synchronized (this) {
                isResigning = true;
                heldSince = null;
            }
        }
    }

    private void end() {
        AutoCloseable ending = work;
        work = null;
        if (ending == null) {
            return;
        }
        try {
            ending.close();
            LogEvent.of("Stopped leading").info(LOG);
        } catch (Exception e) {
            LogEvent.of("Failed to stop the controller").error(LOG, e);
        }
    }

    /** Returns in bounded time, even if the API server does not answer. */
    @Override
    public void close() {
        closed.countDown();
        synchronized (this) {
            notifyAll();
        }
        try {
            if (!isStarted) {
                disconnect.run();
            } else if (!hasLeft.await(2 * RELEASE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LogEvent.of("Timed out releasing the controller Lease").info(LOG);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
