package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import dev.lmstudiooperator.lmstudio.LmStudioCli.ServerAddress;
import dev.lmstudiooperator.lmstudio.LmStudioCli.ServerStatus;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds calls that change LM Studio until the test decides how they end. The test and the thread of the operation queue
 * wait for each other. Only one of them runs at a time.
 */
final class HeldCalls implements LmStudioCli {

    /** A call in progress. */
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

        /** The requested load; null if the call unloads. */
        @Nullable
        LoadRequest load() {
            return load;
        }

        String identifier() {
            return identifier;
        }

        /**
         * Ends the call with success or the given failure. The queue has evaluated the operation before this method
         * returns.
         */
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
                // Wait until the test has applied the effect of the cancellation to LM Studio.
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

    /** Returns the call that the operation queue has just begun. Empty if the queue found that no call is necessary. */
    Optional<Held> next() {
        begun = null;
        try {
            news.take().run();
            return Optional.ofNullable(begun);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Unexpected interrupt", e);
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

    /** Records the end of the operation. Returns whether it made a call. */
    boolean ended() {
        boolean wasHeld = isHeld;
        isHeld = false;
        if (!wasHeld) {
            Thread operations = Thread.currentThread();
            news.add(() -> join(operations));
        }
        return wasHeld;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("Unexpected interrupt", e);
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
        return new IllegalStateException("The operation queue only loads and unloads");
    }
}
