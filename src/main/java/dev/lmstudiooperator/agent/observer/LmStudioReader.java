package dev.lmstudiooperator.agent.observer;

import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioCli.Operation;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Reads the state of LM Studio without changing it, keeps the latest observation, and decides which of its lists are
 * due. Only the observer thread reads.
 */
final class LmStudioReader {

    /**
     * In normal operation, one instance that is evicted during the call fails the whole {@code lms ps} or
     * {@code lms ls}.
     */
    private static final int ATTEMPTS_AT_A_RACE = 3;

    private final LmStudioCli cli;
    private final LmStudioApi api;
    private final SteadyClock clock;
    private final Observer.Intervals intervals;
    private final Observer.Listener listener;

    private volatile Observation current = new Observation(notObservedYet(), notObservedYet(), notObservedYet());

    /** Whether the HTTP API has reported a change since the last {@code lms ps}. */
    private boolean isChangeUnread;

    /** Whether the HTTP API has reported other models on disk since the last {@code lms ls}. */
    private boolean areDownloadsUnread;

    LmStudioReader(
            LmStudioCli cli,
            LmStudioApi api,
            SteadyClock clock,
            Observer.Intervals intervals,
            Observer.Listener listener) {
        this.cli = cli;
        this.api = api;
        this.clock = clock;
        this.intervals = intervals;
        this.listener = listener;
    }

    private static <T> Reading<T> notObservedYet() {
        return new Reading.Unknown<>(
                new InfrastructureFailure(
                        InfrastructureFailure.Kind.NOT_OBSERVED_YET, "the agent has not observed LM Studio yet"),
                Instant.EPOCH);
    }

    Observation current() {
        return current;
    }

    /**
     * Polls the HTTP API, and reads the lists of {@code lms} that are due.
     *
     * @param isResyncRequested whether {@code lms ps} is due in any case
     * @param isDiskRequested whether {@code lms ls} is due in any case
     * @param mayRead whether {@code lms} may run
     * @param mayFollowChange whether {@code lms ps} may run because of a change. Otherwise a later poll runs it
     */
    Observation poll(boolean isResyncRequested, boolean isDiskRequested, boolean mayRead, boolean mayFollowChange)
            throws InterruptedException {
        Observation before = current;
        Reading<ApiModelList> served = read(api::list).after(before.served());
        Observation polled = with(before, before.loaded(), before.downloaded(), served, before.loading());
        isChangeUnread |= !Change.between(before, polled).equals(Change.NOTHING);
        areDownloadsUnread |= !keys(served).equals(keys(before.served()));
        boolean isResyncDue = isResyncRequested
                || (isChangeUnread && mayFollowChange)
                || isDue(before.loaded(), resyncInterval(before, served));
        boolean isResyncing = isResyncDue && mayRead;
        Reading<Set<String>> loading =
                isResyncing || listener.isAnyLoadInterrupted() ? loading(served) : before.loading();
        Reading<List<Instance>> loaded = isResyncing ? loaded().after(current.loaded()) : before.loaded();
        boolean areDownloadsDue = mayRead
                && (isDiskRequested
                        || areDownloadsUnread
                        || (isResyncing && !before.downloaded().isKnown())
                        || isDue(before.downloaded(), intervals.inventory()));
        if (isResyncDue && !mayRead) {
            listener.readDelayed();
        }
        Reading<List<DownloadedModel>> downloaded =
                areDownloadsDue ? list(cli::listDownloaded).after(current.downloaded()) : before.downloaded();
        isChangeUnread &= !isResyncing;
        areDownloadsUnread &= !areDownloadsDue;
        current = with(before, loaded, downloaded, served, loading);
        return current;
    }

    boolean isChangeUnread() {
        return isChangeUnread;
    }

    /** Replaces the list that could not be read with an unknown one. Returns the observation after that. */
    Observation timedOut(Operation operation, LmStudioFailure failure) {
        Observation before = current;
        Instant at = clock.instant();
        Reading<List<Instance>> loaded = operation == Operation.LIST_LOADED
                ? new Reading.Unknown<List<Instance>>(failure, at).after(before.loaded())
                : before.loaded();
        Reading<List<DownloadedModel>> downloaded = operation == Operation.LIST_DOWNLOADED
                ? new Reading.Unknown<List<DownloadedModel>>(failure, at).after(before.downloaded())
                : before.downloaded();
        current = with(before, loaded, downloaded, before.served(), before.loading());
        return current;
    }

    private static Observation with(
            Observation before,
            Reading<List<Instance>> loaded,
            Reading<List<DownloadedModel>> downloaded,
            Reading<ApiModelList> served,
            Reading<Set<String>> loading) {
        return new Observation(loaded, downloaded, served, loading, busySince(before, loaded));
    }

    /**
     * Since when each busy instance has made no progress, by identifier. A failed read shows neither progress nor
     * a lack of it.
     */
    static Map<String, Instant> busySince(Observation before, Reading<List<Instance>> loaded) {
        if (!(loaded instanceof Reading.Known<List<Instance>> known)
                || loaded.at().equals(before.loaded().at())) {
            return before.busySince();
        }
        Map<String, Instant> since = new HashMap<>();
        known.value().stream()
                .filter(instance -> instance.isLocal() && instance.isBusy())
                .forEach(instance -> since.put(
                        instance.identifier(),
                        before.instance(instance.identifier())
                                .filter(earlier -> isUsedAlike(earlier, instance))
                                .map(earlier -> before.busySince().get(earlier.identifier()))
                                .orElse(known.at())));
        return Map.copyOf(since);
    }

    private static boolean isUsedAlike(Instance one, Instance other) {
        return one.activity() == other.activity()
                && one.queued() == other.queued()
                && Objects.equals(one.lastUsedAt(), other.lastUsedAt());
    }

    /**
     * The resync interval is shorter while a reading is unknown. It is longer than the poll interval: each resync costs
     * a process.
     */
    private Duration resyncInterval(Observation before, Reading<ApiModelList> served) {
        boolean isAllKnown = before.loaded().isKnown() && before.downloaded().isKnown() && served.isKnown();
        return isAllKnown ? intervals.resync() : intervals.resyncWithoutApi();
    }

    private boolean isDue(Reading<?> reading, Duration period) {
        return !clock.instant().isBefore(reading.at().plus(period));
    }

    private static Object keys(Reading<ApiModelList> served) {
        return served instanceof Reading.Known<ApiModelList> known
                ? known.value().modelKeys()
                : List.of();
    }

    private Reading<Set<String>> loading(Reading<ApiModelList> served) throws InterruptedException {
        return switch (served) {
            case Reading.Known<ApiModelList> known -> read(api::loading);
            case Reading.Unknown<ApiModelList> unknown -> new Reading.Unknown<>(unknown.why(), unknown.at());
        };
    }

    private Reading<List<Instance>> loaded() throws InterruptedException {
        return list(() -> cli.listLoaded().stream().map(this::steady).toList());
    }

    /** LM Studio reports wall-clock time. A time in the future shows only that there was a request. */
    private Instance steady(Instance instance) {
        Instant usedAt = instance.lastUsedAt();
        return usedAt == null ? instance : instance.usedAt(clock.latest(usedAt).orElse(Instant.EPOCH));
    }

    private <T> Reading<List<T>> list(Reading.Query<List<T>> query) throws InterruptedException {
        Reading<List<T>> reading = read(query);
        for (int attempt = 1; attempt < ATTEMPTS_AT_A_RACE && isRace(reading); attempt++) {
            reading = read(query);
        }
        return reading;
    }

    private static boolean isRace(Reading<?> reading) {
        return reading.failure()
                .filter(why -> why.is(DomainFailure.Kind.INSTANCE_GONE))
                .isPresent();
    }

    private <T> Reading<T> read(Reading.Query<T> query) throws InterruptedException {
        return Reading.of(query, clock.instant());
    }
}
