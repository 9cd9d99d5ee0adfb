package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.agent.plan.ModelNameSuggestions;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Executes one download and lists the models on disk afterwards. */
final class Downloader {

    private final LmStudioCli cli;
    private final Supplier<CompletableFuture<Observation>> lookAtDisk;
    private final InstantSource clock;

    Downloader(LmStudioCli cli, Supplier<CompletableFuture<Observation>> lookAtDisk, InstantSource clock) {
        this.cli = cli;
        this.lookAtDisk = lookAtDisk;
        this.clock = clock;
    }

    DownloadResult carryOut(String source, Consumer<DownloadProgress> listener) {
        Listening progress = new Listening(listener);
        @Nullable LmStudioFailure failure = null;
        try {
            cli.download(source, progress);
        } catch (LmStudioFailure e) {
            failure = e;
        } catch (InterruptedException e) {
            return new DownloadResult.Cancelled(source);
        }
        Instant at = clock.instant();
        try {
            Observation observation = lookAtDisk.get().get();
            return judge(source, at, observation.downloaded(), failure == null ? null : progress.sized(failure));
        } catch (InterruptedException e) {
            return new DownloadResult.Cancelled(source);
        } catch (ExecutionException | CancellationException e) {
            return new DownloadResult.Unclear(source);
        }
    }

    private static DownloadResult judge(
            String source, Instant at, Reading<List<DownloadedModel>> onDisk, @Nullable LmStudioFailure failure) {
        return switch (onDisk) {
            case Reading.Unknown<List<DownloadedModel>> unknown ->
                failure == null ? new DownloadResult.Unclear(source) : new DownloadResult.Failed(source, at, failure);
            case Reading.Known<List<DownloadedModel>> known -> {
                List<String> local = DownloadedModel.localKeys(known.value());
                yield local.contains(source)
                        ? new DownloadResult.Completed(source)
                        : new DownloadResult.Failed(source, at, failure == null ? missing(source, local) : failure);
            }
        };
    }

    /** Another model that was downloaded instead does not count. */
    private static LmStudioFailure missing(String source, List<String> local) {
        return new DomainFailure(
                DomainFailure.Kind.DOWNLOAD_BROKE_OFF,
                "lms reported that it downloaded %s, but lms ls lists no model with exactly this key.%s"
                        .formatted(source, ModelNameSuggestions.nearest(source, local)));
    }

    /** Forwards progress and keeps the last report. The total size helps to diagnose a full disk. */
    private static final class Listening implements Consumer<DownloadProgress> {

        private final Consumer<DownloadProgress> listener;
        private @Nullable DownloadProgress last;

        Listening(Consumer<DownloadProgress> listener) {
            this.listener = listener;
        }

        @Override
        public void accept(DownloadProgress progress) {
            last = progress;
            listener.accept(progress);
        }

        LmStudioFailure sized(LmStudioFailure failure) {
            if (last == null || last.totalBytes() == null || !failure.is(DomainFailure.Kind.DISK_FULL)) {
                return failure;
            }
            return new DomainFailure(
                    DomainFailure.Kind.DISK_FULL,
                    "%s. The download needs %d bytes, of which %d had arrived"
                            .formatted(failure.explanation(), last.totalBytes(), last.downloadedBytes()));
        }
    }
}
