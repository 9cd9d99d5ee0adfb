package dev.lmstudiooperator.agent.operation;

import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.observer.ObservationSource;
import dev.lmstudiooperator.agent.observer.StubObservations;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.StubApi;
import dev.lmstudiooperator.lmstudio.StubCli;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests the results of failed downloads, and the reported sizes. */
class DownloadExecutorTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Download DOWNLOAD = new Download("qwen", null);
    private static final DownloadProgress HALF = new DownloadProgress(50, 1_000L, 2_000L);
    private static final DownloadProgress NO_SIZE = new DownloadProgress(50, null, null);

    private final List<DownloadProgress> reported = new ArrayList<>();
    private List<DownloadProgress> progressOfLms = List.of();
    private @Nullable Exception failure;
    private CompletableFuture<Observation> afterwards =
            CompletableFuture.completedFuture(anObservation(NOW).build());

    @Test
    void cancelEndsIt() {
        failure = new InterruptedException();

        assertThat(outcome()).isEqualTo(new OperationResult.Cancelled(DOWNLOAD, NOW, Duration.ZERO, true));
    }

    @Test
    void cancelDuringTheObservationAfterwardsEndsItToo() {
        afterwards = new CompletableFuture<>();
        Thread.currentThread().interrupt();

        assertThat(outcome()).isEqualTo(new OperationResult.Cancelled(DOWNLOAD, NOW, Duration.ZERO, true));
    }

    @Test
    void failedObservationLeavesItUnclear() {
        afterwards = CompletableFuture.failedFuture(new IllegalStateException());
        assertThat(outcome()).isEqualTo(new OperationResult.Unclear(DOWNLOAD, NOW, Duration.ZERO));

        afterwards = new CompletableFuture<>();
        afterwards.cancel(false);
        assertThat(outcome()).isEqualTo(new OperationResult.Unclear(DOWNLOAD, NOW, Duration.ZERO));
    }

    @Test
    void fullDiskReportsTheSizeIfKnown() {
        failure = new DomainFailure(DomainFailure.Kind.DISK_FULL, "No space left");
        assertThat(why()).isEqualTo("No space left");

        progressOfLms = List.of(HALF, NO_SIZE);
        assertThat(why()).isEqualTo("No space left");

        progressOfLms = List.of(NO_SIZE, HALF);
        assertThat(why()).isEqualTo("No space left. The download needs 2000 bytes, of which 1000 had arrived");
    }

    @Test
    void otherFailuresDoNotReportTheSize() {
        progressOfLms = List.of(HALF);

        failure = new DomainFailure(DomainFailure.Kind.REFUSED, "no");
        assertThat(why()).isEqualTo("no");
        failure = new InfrastructureFailure(InfrastructureFailure.Kind.TIMED_OUT, "silence");
        assertThat(why()).isEqualTo("silence");
    }

    @Test
    void progressIsPassedOn() {
        progressOfLms = List.of(NO_SIZE, HALF);

        outcome();

        assertThat(reported).containsExactly(NO_SIZE, HALF);
    }

    private String why() {
        OperationResult outcome = outcome();
        assertThat(outcome).isInstanceOf(OperationResult.Failed.class);
        return ((OperationResult.Failed) outcome).why().explanation();
    }

    private OperationResult outcome() {
        ObservationSource observations = new StubObservations(
                () -> anObservation(NOW).build(), since -> new CompletableFuture<>(), () -> afterwards);
        return new OperationExecutor(cli(), StubApi.unreachable(), observations, () -> NOW)
                .execute(DOWNLOAD, reported::add, endedAt -> {});
    }

    private LmStudioCli cli() {
        return StubCli.answering((method, arguments) -> {
            progressOfLms.forEach(listener(arguments[1]));
            if (failure != null) {
                throw failure;
            }
            return null;
        });
    }

    @SuppressWarnings("unchecked")
    private static Consumer<DownloadProgress> listener(Object argument) {
        return (Consumer<DownloadProgress>) argument;
    }
}
