package dev.lmstudiooperator.agent.observer;

import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Reads the state of LM Studio without changing it. */
final class LmStudioReader {

    /**
     * In normal operation, one instance that is evicted during the call fails the whole {@code lms ps} or
     * {@code lms ls}.
     */
    private static final int ATTEMPTS_AT_A_RACE = 3;

    private final LmStudioCli cli;
    private final LmStudioApi api;
    private final SteadyClock clock;

    LmStudioReader(LmStudioCli cli, LmStudioApi api, SteadyClock clock) {
        this.cli = cli;
        this.api = api;
        this.clock = clock;
    }

    Reading<ApiModelList> served() throws InterruptedException {
        return read(api::list);
    }

    Reading<Set<String>> loading() throws InterruptedException {
        return read(api::loading);
    }

    Reading<List<DownloadedModel>> downloaded() throws InterruptedException {
        return list(cli::listDownloaded);
    }

    Reading<List<Instance>> loaded() throws InterruptedException {
        return list(() -> cli.listLoaded().stream().map(this::steady).toList());
    }

    /** LM Studio reports wall-clock time. A time in the future shows only that there was a request. */
    private Instance steady(Instance instance) {
        Instant usedAt = instance.lastUsedAt();
        return usedAt == null ? instance : instance.usedAt(clock.latest(usedAt).orElse(Instant.EPOCH));
    }

    private <T> Reading<List<T>> list(Reading.Query<List<T>> question) throws InterruptedException {
        Reading<List<T>> reading = read(question);
        for (int attempt = 1; attempt < ATTEMPTS_AT_A_RACE && isRace(reading); attempt++) {
            reading = read(question);
        }
        return reading;
    }

    private static boolean isRace(Reading<?> reading) {
        return reading.failure()
                .filter(why -> why.is(DomainFailure.Kind.INSTANCE_GONE))
                .isPresent();
    }

    private <T> Reading<T> read(Reading.Query<T> question) throws InterruptedException {
        return Reading.of(question, clock.instant());
    }
}
