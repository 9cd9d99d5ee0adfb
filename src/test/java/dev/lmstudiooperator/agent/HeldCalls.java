package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.lmstudio.DownloadProgress;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.lmstudio.ServerAddress;
import dev.lmstudiooperator.lmstudio.ServerStatus;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls that change LM Studio, held until the test says how they end. The test waits for the thread of the lane while
 * that runs, and the other way round, so that only one of them runs at any time.
 */
final class HeldCalls implements LmStudioCli {

    /** A call under way. */
    static final class Held {
        private final Thread thread = Thread.currentThread();
        private final Semaphore end = new Semaphore(0);
        private final @Nullable LoadRequest load;
        private final String identifier;
        private @Nullable LmStudioFailure failure;

        private Held(@Nullable LoadRequest load, String identifier) {
            this.load = load;
            this.identifier = identifier;
        }

        /** What is to be loaded; null when the call unloads. */
        @Nullable
        LoadRequest load() {
            return load;
        }

        String identifier() {
            return identifier;
        }

        /** The call returns, or fails; the mutation is judged before this method returns. */
        void end(@Nullable LmStudioFailure why) {
            failure = why;
            end.release();
            awaitJudgement();
        }

        void awaitJudgement() {
            join(thread);
        }

        private void await() throws LmStudioFailure, InterruptedException {
            try {
                end.acquire();
            } catch (InterruptedException cancelled) {
                // Not before the test has let LM Studio do what it does about it.
                end.acquireUninterruptibly();
                throw cancelled;
            }
            if (failure != null) {
                throw failure;
            }
        }
    }

    private final BlockingQueue<Runnable> news = new LinkedBlockingQueue<>();
    private @Nullable Held begun;
    private boolean isHeld;

    /** The call that the lane has just begun; empty when it found out that there is nothing to be done. */
    Optional<Held> next() {
        begun = null;
        try {
            news.take().run();
            return Optional.ofNullable(begun);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts a test", e);
        }
    }

    @Override
    public void load(LoadRequest request) throws LmStudioFailure, InterruptedException {
        hold(new Held(request, request.identifier()));
    }

    @Override
    public void unload(String identifier) throws LmStudioFailure, InterruptedException {
        hold(new Held(null, identifier));
    }

    private void hold(Held call) throws LmStudioFailure, InterruptedException {
        isHeld = true;
        news.add(() -> begun = call);
        call.await();
    }

    /** The mutation has ended, after a call or without one. */
    boolean ended() {
        boolean wasHeld = isHeld;
        isHeld = false;
        if (!wasHeld) {
            Thread lane = Thread.currentThread();
            news.add(() -> join(lane));
        }
        return wasHeld;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts a test", e);
        }
    }

    @Override
    public List<DownloadedModel> listDownloaded() {
        throw unexpected();
    }

    @Override
    public List<Instance> listLoaded() {
        throw unexpected();
    }

    @Override
    public void download(String source, Consumer<DownloadProgress> progress) {
        throw unexpected();
    }

    @Override
    public ServerStatus serverStatus() {
        throw unexpected();
    }

    @Override
    public void startServer(ServerAddress address) {
        throw unexpected();
    }

    @Override
    public String version() {
        throw unexpected();
    }

    @Override
    public String fileStamp() {
        throw unexpected();
    }

    private static IllegalStateException unexpected() {
        return new IllegalStateException("The lane only changes");
    }
}
