package dev.lmstudiooperator.agent.observer;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioCli.Operation;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.logging.LogEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Observes one LM Studio for all ManagedModels of the node. A <em>poll</em> queries the HTTP API, costs milliseconds,
 * and only indicates that something may have changed. A <em>resync</em> runs {@code lms ps} and is authoritative.
 */
public final class Observer implements ObservationSource, AutoCloseable {

    /**
     * A pending request for a refresh.
     *
     * @param since an observation that began at or after this time satisfies the request; {@link Instant#MAX} if it
     *     must begin after the request
     * @param includesInventory whether the refresh must include the models on disk
     */
    record RefreshRequest(CompletableFuture<Observation> future, Instant since, boolean includesInventory) {

        boolean isShareable() {
            return !since.equals(Instant.MAX);
        }

        boolean isFulfilledBy(Observation observation) {
            return !includesInventory
                    && Stream.of(observation.loaded(), observation.served())
                            .noneMatch(reading -> reading.at().isBefore(since));
        }
    }

    /**
     * The intervals at which LM Studio is observed.
     *
     * @param poll between two requests to the HTTP API, which cost milliseconds
     * @param resync the longest time without {@code lms ps}, which costs a process
     * @param resyncWithoutApi the same while the HTTP API cannot be polled, or {@code lms} fails
     * @param inventory the longest time without {@code lms ls}
     */
    public record Intervals(Duration poll, Duration resync, Duration resyncWithoutApi, Duration inventory) {}

    /** Waits between two polls. Tests replace it to control time. */
    interface Pause {

        /** Returns the first request; null when none arrives in time. */
        @Nullable
        RefreshRequest await(BlockingQueue<RefreshRequest> requests, Duration atMost) throws InterruptedException;
    }

    /** Receives the events of the observer. */
    @FunctionalInterface
    public interface Listener {

        /** Called when the observation has changed. */
        void changed(Change change);

        /** Whether LM Studio may be processing an interrupted load. Each poll then also reads the loading models. */
        default boolean isAnyLoadInterrupted() {
            return false;
        }

        /** Whether a load or an unload is running. The next one may follow soon, and they can share a resync. */
        default boolean isOperationRunning() {
            return false;
        }

        /** Called when a resync was due but was postponed by the rate limit. */
        default void readDelayed() {}

        /** Called after each poll, whether or not anything changed. A slow listener delays all ManagedModels of the node. */
        default void observed(Observation observation) {}
    }

    private static final Logger LOG = Logger.getLogger(Observer.class);

    /** The time between two resyncs for requests that can share one, while operations follow each other. */
    static final Duration SHARED = Duration.ofSeconds(1);

    private final LmStudioReader reader;
    private final SteadyClock clock;
    private final Intervals intervals;
    private final Listener listener;
    private final Pause pause;
    private final Thread thread;
    private final BlockingQueue<RefreshRequest> requests = new LinkedBlockingQueue<>();
    private final ReadRateLimiter budget = new ReadRateLimiter();

    // Used by the observer thread only.

    /** The last observation that the listener received. */
    private Observation reported;

    private Instant resyncEndedAt = Instant.EPOCH;

    private volatile Instant memoryFreedAt = Instant.EPOCH;
    private volatile @Nullable Instant pollEndedAt;
    private volatile boolean closed;

    public Observer(LmStudioCli cli, LmStudioApi api, SteadyClock clock, Intervals intervals, Listener listener) {
        this(cli, api, clock, intervals, listener, (requests, atMost) -> requests.poll(atMost.toNanos(), NANOSECONDS));
    }

    Observer(LmStudioCli cli, LmStudioApi api, SteadyClock clock, Intervals intervals, Listener listener, Pause pause) {
        this.reader = new LmStudioReader(cli, api, clock, intervals, listener);
        this.clock = clock;
        this.intervals = intervals;
        this.listener = listener;
        this.pause = pause;
        this.reported = reader.current();
        this.thread = Thread.ofPlatform().daemon().name("observer").unstarted(this::observe);
    }

    public void start() {
        pollEndedAt = clock.instant();
        thread.start();
    }

    @Override
    public Observation current() {
        return reader.current();
    }

    @Override
    public Instant memoryFreedAt() {
        return memoryFreedAt;
    }

    /**
     * When the last poll ended. It shows that the observer is alive, not that LM Studio answered. Empty before the
     * start.
     */
    public Optional<Instant> pollEndedAt() {
        return Optional.ofNullable(pollEndedAt);
    }

    @Override
    public CompletableFuture<Observation> resync() {
        return enqueue(new RefreshRequest(new CompletableFuture<>(), Instant.MAX, false));
    }

    @Override
    public CompletableFuture<Observation> resyncSince(Instant since) {
        Observation last = current();
        RefreshRequest request = new RefreshRequest(new CompletableFuture<>(), since, false);
        return request.isFulfilledBy(last) ? CompletableFuture.completedFuture(last) : enqueue(request);
    }

    @Override
    public CompletableFuture<Observation> refreshInventory() {
        return enqueue(new RefreshRequest(new CompletableFuture<>(), Instant.MAX, true));
    }

    private CompletableFuture<Observation> enqueue(RefreshRequest request) {
        requests.add(request);
        if (closed) {
            request.future().cancel(false);
        }
        return request.future();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void observe() {
        List<RefreshRequest> pending = new ArrayList<>();
        try {
            while (!closed) {
                requests.drainTo(pending);
                completeFulfilled(pending);
                Duration delay = budget.waiting(clock.instant());
                boolean isShared = sharingDelay().isZero();
                List<RefreshRequest> due = isShared
                        ? List.copyOf(pending)
                        : pending.stream()
                                .filter(request -> !request.isShareable())
                                .toList();
                poll(due, delay.isZero(), isShared);
                if (delay.isZero()) {
                    due.forEach(this::complete);
                    pending.removeAll(due);
                    completeFulfilled(pending);
                }
                report(current());
                Optional.ofNullable(pause.await(requests, untilNextPoll(pending, delay)))
                        .ifPresent(pending::add);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closed = true;
            requests.drainTo(pending);
            pending.forEach(request -> request.future().cancel(false));
        }
    }

    private void poll(List<RefreshRequest> due, boolean mayRead, boolean mayFollowChange) throws InterruptedException {
        Observation before = current();
        Observation after = reader.poll(
                !due.isEmpty(), due.stream().anyMatch(RefreshRequest::includesInventory), mayRead, mayFollowChange);
        pollEndedAt = clock.instant();
        if (!after.loaded().at().equals(before.loaded().at())) {
            resyncEndedAt = clock.instant();
        }
        if (Change.mayHaveFreedMemory(before, after)) {
            memoryFreedAt = after.loaded().at();
        }
    }

    private void completeFulfilled(List<RefreshRequest> pending) {
        pending.removeIf(request -> request.isFulfilledBy(current()) && complete(request));
    }

    private boolean complete(RefreshRequest request) {
        return request.future().complete(current());
    }

    /** How long changes, and requests that can share a resync, wait for each other; zero if a resync is allowed now. */
    private Duration sharingDelay() {
        Duration sinceResync = Duration.between(resyncEndedAt, clock.instant());
        return listener.isOperationRunning() && sinceResync.compareTo(SHARED) < 0
                ? SHARED.minus(sinceResync)
                : Duration.ZERO;
    }

    private Duration untilNextPoll(List<RefreshRequest> pending, Duration delay) {
        Duration sharing = pending.isEmpty() && !reader.isChangeUnread() ? Duration.ZERO : sharingDelay();
        return Stream.of(intervals.poll(), delay, sharing)
                .filter(Duration::isPositive)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /**
     * Reports a read that timed out, even though it is retried: all attempts together take most of a minute. Called by
     * the thread that reads.
     */
    public void timedOut(Operation operation, LmStudioFailure failure) {
        if (Thread.currentThread().equals(thread)) {
            report(reader.timedOut(operation, failure));
        }
    }

    /** Accounts for a call of {@code lms} by any component. */
    public void ran(Operation operation) {
        switch (operation) {
            case LIST_LOADED, LIST_DOWNLOADED, SERVER_STATUS, VERSION -> budget.spend(clock.instant());
            case LOAD, UNLOAD -> budget.earn(clock.instant());
            case START_SERVER, DOWNLOAD -> {}
        }
    }

    private void report(Observation observation) {
        Change change = Change.between(reported, observation);
        reported = observation;
        if (!change.equals(Change.NOTHING)) {
            notifyListener(() -> listener.changed(change));
        }
        notifyListener(() -> listener.observed(observation));
    }

    /** A failing listener must not stop the observer, because all ManagedModels of the node depend on it. */
    private static void notifyListener(Runnable notification) {
        try {
            notification.run();
        } catch (RuntimeException e) {
            LogEvent.of("Observation listener failed").error(LOG, e);
        }
    }
}
