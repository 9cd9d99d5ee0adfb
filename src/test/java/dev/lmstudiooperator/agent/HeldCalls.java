package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.lmstudio.DownloadProgress;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.lmstudio.ServerStatus;
import java.util.List;
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
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException("Nobody interrupts a test", e);
            }
        }

        private void await() throws LmStudioFailure, InterruptedException {
            end.acquire();
            if (failure != null) {
                throw failure;
            }
        }
    }

    private final BlockingQueue<Held> begun = new LinkedBlockingQueue<>();

    /** The call that the lane has just begun. */
    Held next() {
        try {
            return begun.take();
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
        begun.add(call);
        call.await();
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

    private static IllegalStateException unexpected() {
        return new IllegalStateException("The lane only changes");
    }
}
