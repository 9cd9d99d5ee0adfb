package dev.lmstudiooperator.agent.observe;

import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.Served;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** The three questions that can be asked of LM Studio without changing it. */
final class Gauges {

    /** One instance that is evicted during the call fails the whole {@code lms ps}, in normal operation. */
    private static final int ATTEMPTS_AT_A_RACE = 3;

    private final LmStudioCli cli;
    private final LmStudioApi api;
    private final InstantSource clock;

    Gauges(LmStudioCli cli, LmStudioApi api, InstantSource clock) {
        this.cli = cli;
        this.api = api;
        this.clock = clock;
    }

    Reading<Served> served() throws InterruptedException {
        return read(api::list);
    }

    Reading<List<DownloadedModel>> downloaded() throws InterruptedException {
        return read(cli::listDownloaded);
    }

    Reading<List<Instance>> loaded() throws InterruptedException {
        Reading<List<Instance>> reading = read(cli::listLoaded);
        for (int attempt = 1; attempt < ATTEMPTS_AT_A_RACE && isRace(reading); attempt++) {
            reading = read(cli::listLoaded);
        }
        return reading;
    }

    private static boolean isRace(Reading<List<Instance>> reading) {
        return reading instanceof Reading.Unknown<List<Instance>> unknown
                && unknown.why() instanceof DomainFailure failure
                && failure.kind() == DomainFailure.Kind.INSTANCE_GONE;
    }

    private <T> Reading<T> read(Question<T> question) throws InterruptedException {
        Instant at = clock.instant();
        try {
            return new Reading.Known<>(question.ask(), at);
        } catch (LmStudioFailure failure) {
            return new Reading.Unknown<>(failure, at);
        }
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask() throws LmStudioFailure, InterruptedException;
    }
}
