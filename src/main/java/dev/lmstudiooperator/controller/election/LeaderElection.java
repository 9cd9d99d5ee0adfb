package dev.lmstudiooperator.controller.election;

import dev.lmstudiooperator.lease.ImpatientClient;
import dev.lmstudiooperator.lease.LeaseFactory;
import dev.lmstudiooperator.lease.LeaseRenewer;
import dev.lmstudiooperator.lease.LeaseAttempt;
import dev.lmstudiooperator.lease.MonotonicClock;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Lets one controller of the cluster work: the one whose process holds a Lease. Who cannot renew it stops before another one
 * may take it; who is told to end gives it back, so that another one need not wait until it runs out.
 */
public final class LeaderElection implements AutoCloseable {

    static final String LEASE = "controller";

    /** With the time that a new leader takes to read what there is, a controller that died is replaced within 20 s. */
    private static final Duration LEASE_DURATION = Duration.ofSeconds(15);

    /** Who has not renewed it for so long stops: what is left of the duration is time to stop in. */
    private static final Duration RENEWAL_DEADLINE = Duration.ofSeconds(10);

    /** An attempt takes a few requests at most, each of which has a deadline. */
    private static final Duration LONGEST_ATTEMPT = Duration.ofMinutes(1);

    private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(3);

    private static final Logger LOG = Logger.getLogger(LeaderElection.class);

    private final LeaseRenewer keeper;
    private final MonotonicClock uptime;
    private final Duration renewalDeadline;
    private final Supplier<? extends AutoCloseable> controller;
    private final Runnable disconnect;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch hasEnded = new CountDownLatch(1);
    private final CountDownLatch hasLeft = new CountDownLatch(1);

    // Written under this object's lock.
    private @Nullable Duration heldSince;
    private Duration attemptedAt = Duration.ZERO;
    private boolean isResigning;

    private volatile @Nullable AutoCloseable work;
    private volatile boolean isStarted;

    // Of the thread that keeps the Lease.
    private @Nullable String leader;
    private boolean isFailing;

    /**
     * @param identity whose the Lease is; a process that comes back with the same one need not wait
     * @param wall what others read in the Lease
     * @param controller begins to work when it is got, and ends when it is closed
     */
    public LeaderElection(
            KubernetesClient client,
            String namespace,
            String identity,
            InstantSource wall,
            Supplier<? extends AutoCloseable> controller) {
        this(ImpatientClient.of(client, LEASE_DURATION), namespace, identity, wall, MonotonicClock.ofThisMachine(), controller);
    }

    private LeaderElection(
            KubernetesClient impatient,
            String namespace,
            String identity,
            InstantSource wall,
            MonotonicClock uptime,
            Supplier<? extends AutoCloseable> controller) {
        this(
                LeaseRenewer.of(
                        impatient, new LeaseFactory(namespace, LEASE, Map.of(), identity, LEASE_DURATION), uptime, wall),
                uptime,
                RENEWAL_DEADLINE,
                controller,
                impatient::close);
    }

    /** @param disconnect called when the Lease is not asked for any more */
    LeaderElection(
            LeaseRenewer keeper,
            MonotonicClock uptime,
            Duration renewalDeadline,
            Supplier<? extends AutoCloseable> controller,
            Runnable disconnect) {
        this.keeper = keeper;
        this.uptime = uptime;
        this.renewalDeadline = renewalDeadline;
        this.controller = controller;
        this.disconnect = disconnect;
    }

    /** Returns at once. */
    public void start() {
        isStarted = true;
        attempted();
        Thread.ofPlatform().daemon().name("election").start(this::stand);
        Thread.ofPlatform().daemon().name("leadership").start(this::work);
    }

    /** Whether this process is the controller. */
    public boolean isLeading() {
        return work != null;
    }

    /** Whether this process still stands for election, be it that the API server does not answer. */
    public synchronized boolean isStanding() {
        return !isStarted || uptime.elapsed().minus(attemptedAt).compareTo(LONGEST_ATTEMPT) < 0;
    }

    // The thread that keeps the Lease. It does nothing else, so that nothing can hold it up.

    private void stand() {
        try {
            Duration pause = Duration.ZERO;
            while (!closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                pause = isResigning() ? resign() : attempt();
                attempted();
            }
            leave();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect.run();
            hasLeft.countDown();
        }
    }

    /**
     * The Lease is given back when the work has ended, not before. Work that is only beginning may not end in time; then the
     * Lease runs out.
     */
    private void leave() throws InterruptedException {
        if (!hasEnded.await(LONGEST_FAREWELL.toMillis(), TimeUnit.MILLISECONDS) || !keeper.release()) {
            LogEvent.of("Failed to release the controller Lease").info(LOG);
        }
    }

    private synchronized void attempted() {
        attemptedAt = uptime.elapsed();
    }

    private Duration attempt() {
        try {
            LeaseAttempt report = keeper.attempt();
            tell(report);
            switch (report) {
                case LeaseAttempt.Held held -> hold(held.since());
                case LeaseAttempt.HeldByAnother another -> hold(null);
                case LeaseAttempt.Failed failed -> {}
            }
            return keeper.pauseAfter(report);
        } catch (RuntimeException e) {
            LogEvent.of("Failed to renew the controller Lease; retrying").error(LOG, e);
            return LEASE_DURATION.dividedBy(4);
        }
    }

    /** Nobody may be late: an attempt that takes long must not keep the work going. */
    private synchronized void hold(@Nullable Duration since) {
        heldSince = since;
        notifyAll();
    }

    private synchronized boolean isResigning() {
        return isResigning;
    }

    private Duration resign() {
        hold(null);
        keeper.release();
        synchronized (this) {
            isResigning = false;
        }
        return LEASE_DURATION;
    }

    private void tell(LeaseAttempt report) {
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

    // The thread that begins and ends the work.

    private void work() {
        try {
            while (isToLead(false)) {
                begin();
                isToLead(true);
                end();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end();
            hasEnded.countDown();
        }
    }

    /** Waits while the answer is the one that is known; false too when this is closed. */
    private synchronized boolean isToLead(boolean known) throws InterruptedException {
        while (closed.getCount() > 0) {
            Duration left = heldSince == null
                    ? Duration.ZERO
                    : heldSince.plus(renewalDeadline).minus(uptime.elapsed());
            if (left.isPositive() != known) {
                return !known;
            }
            // Less than a millisecond would wait for ever.
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

    /** That the API server does not answer keeps nobody here. */
    @Override
    public void close() {
        closed.countDown();
        synchronized (this) {
            notifyAll();
        }
        try {
            if (!isStarted) {
                disconnect.run();
            } else if (!hasLeft.await(2 * LONGEST_FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
                LogEvent.of("Timed out releasing the controller Lease").info(LOG);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
