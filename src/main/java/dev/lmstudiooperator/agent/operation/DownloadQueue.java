package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.agent.plan.Download;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import dev.lmstudiooperator.lmstudio.Observation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Downloads models one at a time, in parallel with loads, so that a long download does not delay loads. As in
 * {@link OperationQueue}, the queue holds requests for the slot only, in the order of arrival. A free slot goes to the
 * first.
 */
public final class DownloadQueue {

    /** Receives the events of the queue. */
    public interface Listener {
        /**
         * Called when the download has ended and the models on disk have been listed since. The slot stays occupied
         * until this returns.
         */
        void ended(NamespacedName owner, DownloadResult outcome);

        /** Called to plan again: there is progress to report, the download has ended, or the owner has the slot. */
        void wake(NamespacedName owner);
    }

    private record Running(NamespacedName owner, String source, Thread thread, ProgressThrottle pace) {}

    private final Downloader downloader;
    private final InstantSource clock;
    private final Listener listener;
    private final Set<NamespacedName> waiting = new LinkedHashSet<>();
    private @Nullable Running running;
    private boolean isCancelled;

    public DownloadQueue(
            LmStudioCli cli,
            Supplier<CompletableFuture<Observation>> lookAtDisk,
            InstantSource clock,
            Listener listener) {
        this.downloader = new Downloader(cli, lookAtDisk, clock);
        this.clock = clock;
        this.listener = listener;
    }

    public synchronized Optional<Download> running(NamespacedName owner) {
        return runningFor(owner)
                .map(download -> new Download(download.source(), download.pace().reported()));
    }

    /** The holder of the slot, if it is not this owner. */
    public synchronized Optional<NamespacedName> turnOfAnother(NamespacedName owner) {
        Optional<NamespacedName> holder = running == null ? waiting.stream().findFirst() : Optional.of(running.owner());
        return holder.filter(other -> !other.equals(owner));
    }

    /** Starts the download, or requests the slot if another owner has it. The owner keeps its place in the queue. */
    public synchronized void begin(NamespacedName owner, String source) {
        if (running != null || turnOfAnother(owner).isPresent()) {
            waiting.add(owner);
            return;
        }
        waiting.remove(owner);
        Thread thread = Thread.ofPlatform().daemon().name("download-" + owner).unstarted(() -> carryOut(owner, source));
        running = new Running(owner, source, thread, new ProgressThrottle());
        isCancelled = false;
        thread.start();
    }

    /** Releases the slot, or the request for it. */
    public void withdraw(NamespacedName owner) {
        Optional<NamespacedName> next;
        synchronized (this) {
            boolean wasFirst =
                    waiting.stream().findFirst().filter(owner::equals).isPresent();
            waiting.remove(owner);
            next = wasFirst && running == null ? waiting.stream().findFirst() : Optional.empty();
        }
        next.ifPresent(listener::wake);
    }

    /** Cancels the download of the owner. LM Studio may continue it. The next download of the same model then joins it. */
    public synchronized void cancel(NamespacedName owner) {
        runningFor(owner).filter(download -> !isCancelled).ifPresent(download -> {
            isCancelled = true;
            download.thread().interrupt();
        });
    }

    private void carryOut(NamespacedName owner, String source) {
        Instant begunAt = clock.instant();
        OperationLogger.begins(owner, source);
        DownloadResult outcome = downloader.carryOut(source, progress -> heard(owner, progress));
        OperationLogger.ended(owner, outcome, Duration.between(begunAt, clock.instant()));
        listener.ended(owner, outcome);
        Optional<NamespacedName> next;
        synchronized (this) {
            running = null;
            next = waiting.stream().findFirst();
        }
        listener.wake(owner);
        next.ifPresent(listener::wake);
    }

    private void heard(NamespacedName owner, DownloadProgress progress) {
        boolean isNews;
        synchronized (this) {
            isNews = runningFor(owner)
                    .filter(download -> download.pace().admits(progress, clock.instant()))
                    .isPresent();
        }
        if (isNews) {
            listener.wake(owner);
        }
    }

    private Optional<Running> runningFor(NamespacedName owner) {
        return Optional.ofNullable(running).filter(download -> download.owner().equals(owner));
    }
}
