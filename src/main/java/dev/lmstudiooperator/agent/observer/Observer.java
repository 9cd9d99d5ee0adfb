package dev.lmstudiooperator.agent.observer;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioCli.Operation;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.logging.LogEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
     * @param isDiskMeant whether the refresh must include the models on disk
     */
    record Asker(CompletableFuture<Observation> future, Instant since, boolean isDiskMeant) {

        boolean isAnsweredBy(Observation observation) {
            return !isDiskMeant
                    && Stream.of(observation.loaded(), observation.served())
                            .noneMatch(reading -> reading.at().isBefore(since));
        }
    }

    /** Waits between two polls. Tests replace it to control time. */
    interface Pause {

        /** Returns the first request; null when none arrives in time. */
        @Nullable
        Asker await(BlockingQueue<Asker> askers, Duration atMost) throws InterruptedException;
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

        /** Called when a resync was due but was postponed by the rate limit. */
        default void putOff() {}

        /** Called after each poll, whether or not anything changed. A slow listener delays all ManagedModels of the node. */
        default void looked(Observation observation) {}
    }

    private static final Logger LOG = Logger.getLogger(Observer.class);

    private final LmStudioReader gauges;
    private final SteadyClock clock;
    private final ObserverSettings settings;
    private final Listener listener;
    private final Pause pause;
    private final Thread thread;
    private final BlockingQueue<Asker> askers = new LinkedBlockingQueue<>();
    private final ReadRateLimiter budget = new ReadRateLimiter();

    private volatile Observation current;

    /** The last observation that the listener received. Accessed only by the observer thread. */
    private Observation reported;

    private volatile Instant memoryFreedAt = Instant.EPOCH;
    private volatile @Nullable Instant roundEndedAt;
    private volatile boolean closed;

    public Observer(LmStudioCli cli, LmStudioApi api, SteadyClock clock, ObserverSettings settings, Listener listener) {
        this(cli, api, clock, settings, listener, (askers, atMost) -> askers.poll(atMost.toNanos(), NANOSECONDS));
    }

    Observer(
            LmStudioCli cli,
            LmStudioApi api,
            SteadyClock clock,
            ObserverSettings settings,
            Listener listener,
            Pause pause) {
        this.gauges = new LmStudioReader(cli, api, clock);
        this.clock = clock;
        this.settings = settings;
        this.listener = listener;
        this.pause = pause;
        this.current = new Observation(notLookedYet(), notLookedYet(), notLookedYet());
        this.reported = current;
        this.thread = Thread.ofPlatform().daemon().name("observer").unstarted(this::observe);
    }

    public void start() {
        roundEndedAt = clock.instant();
        thread.start();
    }

    @Override
    public Observation current() {
        return current;
    }

    @Override
    public Instant memoryFreedAt() {
        return memoryFreedAt;
    }

    /**
     * When the last poll ended. It shows that the observer is alive, not that LM Studio answered. Empty before the
     * start.
     */
    public Optional<Instant> roundEndedAt() {
        return Optional.ofNullable(roundEndedAt);
    }

    /**
     * A resync that begins after this call. It is cancelled when the observer closes. Concurrent requests share one
     * resync.
     */
    public CompletableFuture<Observation> look() {
        return ask(new Asker(new CompletableFuture<>(), Instant.MAX, false));
    }

    /** A resync that began at or after this time, whether finished or running, so that requests can share it. */
    public CompletableFuture<Observation> lookSince(Instant since) {
        Observation last = current;
        Asker asker = new Asker(new CompletableFuture<>(), since, false);
        return asker.isAnsweredBy(last) ? CompletableFuture.completedFuture(last) : ask(asker);
    }

    /** Same as {@link #look()}, including the models on disk. */
    public CompletableFuture<Observation> lookAtDisk() {
        return ask(new Asker(new CompletableFuture<>(), Instant.MAX, true));
    }

    private CompletableFuture<Observation> ask(Asker asker) {
        askers.add(asker);
        if (closed) {
            asker.future().cancel(false);
        }
        return asker.future();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void observe() {
        List<Asker> served = new ArrayList<>();
        try {
            while (!closed) {
                askers.drainTo(served);
                Observation before = current;
                served.removeIf(
                        asker -> asker.isAnsweredBy(before) && asker.future().complete(before));
                Duration putOff = budget.waiting(clock.instant());
                Observation after = round(before, served, putOff.isZero());
                current = after;
                if (Change.mayHaveFreedMemory(before, after)) {
                    memoryFreedAt = after.loaded().at();
                }
                roundEndedAt = clock.instant();
                if (putOff.isZero()) {
                    served.forEach(asker -> asker.future().complete(after));
                    served.clear();
                }
                report(after);
                Optional.ofNullable(pause.await(
                                askers,
                                putOff.isZero() ? settings.pollInterval() : shorter(putOff, settings.pollInterval())))
                        .ifPresent(served::add);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closed = true;
            askers.drainTo(served);
            served.forEach(asker -> asker.future().cancel(false));
        }
    }

    private Observation round(Observation before, List<Asker> whoAsk, boolean mayRead) throws InterruptedException {
        Reading<ApiModelList> served = gauges.served().after(before.served());
        Observation glanced = with(before, before.loaded(), before.downloaded(), served, before.loading());
        boolean hasChanged = !Change.between(before, glanced).equals(Change.NOTHING);
        boolean isLookDue = !whoAsk.isEmpty() || hasChanged || isDue(before.loaded(), resyncInterval(before, served));
        boolean isLooking = isLookDue && mayRead;
        Reading<Set<String>> loading =
                isLooking || listener.isAnyLoadInterrupted() ? loading(served) : before.loading();
        Reading<List<Instance>> loaded = isLooking ? gauges.loaded().after(current.loaded()) : before.loaded();
        boolean areDownloadsDue = mayRead
                && (whoAsk.stream().anyMatch(Asker::isDiskMeant)
                        || !keys(served).equals(keys(before.served()))
                        || (isLooking && !before.downloaded().isKnown())
                        || isDue(before.downloaded(), settings.inventoryInterval()));
        if (isLookDue && !mayRead) {
            listener.putOff();
        }
        Reading<List<DownloadedModel>> downloaded =
                areDownloadsDue ? gauges.downloaded().after(current.downloaded()) : before.downloaded();
        return with(before, loaded, downloaded, served, loading);
    }

    private Reading<Set<String>> loading(Reading<ApiModelList> served) throws InterruptedException {
        return switch (served) {
            case Reading.Known<ApiModelList> known -> gauges.loading();
            case Reading.Unknown<ApiModelList> unknown -> new Reading.Unknown<>(unknown.why(), unknown.at());
        };
    }

    private static Observation with(
            Observation before,
            Reading<List<Instance>> loaded,
            Reading<List<DownloadedModel>> downloaded,
            Reading<ApiModelList> served,
            Reading<Set<String>> loading) {
        return new Observation(loaded, downloaded, served, loading, BusyInstances.since(before, loaded));
    }

    /**
     * Reports a read that timed out, even though it is retried: all attempts together take most of a minute. Called by
     * the thread that reads.
     */
    public void timedOut(Operation operation, LmStudioFailure failure) {
        if (!Thread.currentThread().equals(thread)) {
            return;
        }
        Observation before = current;
        Instant at = clock.instant();
        Observation after =
                switch (operation) {
                    case LIST_LOADED ->
                        with(
                                before,
                                new Reading.Unknown<List<Instance>>(failure, at).after(before.loaded()),
                                before.downloaded(),
                                before.served(),
                                before.loading());
                    case LIST_DOWNLOADED ->
                        with(
                                before,
                                before.loaded(),
                                new Reading.Unknown<List<DownloadedModel>>(failure, at).after(before.downloaded()),
                                before.served(),
                                before.loading());
                    case SERVER_STATUS, VERSION, START_SERVER, LOAD, UNLOAD, DOWNLOAD -> before;
                };
        current = after;
        report(after);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Accounts for a call of {@code lms} by any component. */
    public void ran(Operation operation) {
        switch (operation) {
            case LIST_LOADED, LIST_DOWNLOADED, SERVER_STATUS, VERSION -> budget.spend(clock.instant());
            case LOAD, UNLOAD -> budget.earn(clock.instant());
            case START_SERVER, DOWNLOAD -> {}
        }
    }

    /**
     * The resync interval is shorter while a reading is unknown. It is longer than the poll interval: each resync costs
     * a process.
     */
    private Duration resyncInterval(Observation before, Reading<ApiModelList> served) {
        boolean isAllKnown = before.loaded().isKnown() && before.downloaded().isKnown() && served.isKnown();
        return isAllKnown ? settings.resyncInterval() : settings.resyncIntervalWithoutApi();
    }

    private boolean isDue(Reading<?> reading, Duration period) {
        return !clock.instant().isBefore(reading.at().plus(period));
    }

    private static Optional<Set<String>> keys(Reading<ApiModelList> served) {
        return served.known().map(ApiModelList::modelKeys);
    }

    private void report(Observation observation) {
        Change change = Change.between(reported, observation);
        reported = observation;
        if (!change.equals(Change.NOTHING)) {
            notifyListener(() -> listener.changed(change));
        }
        notifyListener(() -> listener.looked(observation));
    }

    /** A failing listener must not stop the observer, because all ManagedModels of the node depend on it. */
    private static void notifyListener(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException e) {
            LogEvent.of("Observation listener failed").error(LOG, e);
        }
    }

    private static <T> Reading<T> notLookedYet() {
        return new Reading.Unknown<>(
                new InfrastructureFailure(
                        InfrastructureFailure.Kind.NOT_LOOKED_YET, "the agent has not observed LM Studio yet"),
                Instant.EPOCH);
    }
}
