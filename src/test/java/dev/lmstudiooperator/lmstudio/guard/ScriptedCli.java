package dev.lmstudiooperator.lmstudio.guard;

import dev.lmstudiooperator.lmstudio.DownloadProgress;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.lmstudio.ServerAddress;
import dev.lmstudiooperator.lmstudio.ServerStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An {@code lms} that answers with nothing, fails as often as it is told to, and counts its calls. */
final class ScriptedCli implements LmStudioCli {

    private final List<Long> calledAt = new ArrayList<>();
    private @Nullable LmStudioFailure failure;
    private int failuresLeft;
    private CountDownLatch held = new CountDownLatch(0);
    private int atOnce;
    private int mostAtOnce;

    synchronized void fail(LmStudioFailure with, int times) {
        failure = with;
        failuresLeft = times;
    }

    /** Lets calls hang until the latch is counted down. */
    synchronized CountDownLatch hold() {
        held = new CountDownLatch(1);
        return held;
    }

    synchronized int calls() {
        return calledAt.size();
    }

    synchronized int mostAtOnce() {
        return mostAtOnce;
    }

    synchronized void awaitCalls(int number) throws InterruptedException {
        while (calledAt.size() < number) {
            wait();
        }
    }

    synchronized List<Duration> pauses() {
        List<Duration> pauses = new ArrayList<>();
        for (int i = 1; i < calledAt.size(); i++) {
            pauses.add(Duration.ofNanos(calledAt.get(i) - calledAt.get(i - 1)));
        }
        return pauses;
    }

    private void call() throws LmStudioFailure, InterruptedException {
        CountDownLatch end;
        synchronized (this) {
            calledAt.add(System.nanoTime());
            mostAtOnce = Math.max(mostAtOnce, ++atOnce);
            notifyAll();
            end = held;
        }
        try {
            end.await();
            synchronized (this) {
                if (failure != null && failuresLeft-- > 0) {
                    throw failure;
                }
            }
        } finally {
            synchronized (this) {
                atOnce--;
            }
        }
    }

    @Override
    public List<DownloadedModel> listDownloaded() throws LmStudioFailure, InterruptedException {
        call();
        return List.of();
    }

    @Override
    public List<Instance> listLoaded() throws LmStudioFailure, InterruptedException {
        call();
        return List.of();
    }

    @Override
    public void load(LoadRequest request) throws LmStudioFailure, InterruptedException {
        call();
    }

    @Override
    public void unload(String identifier) throws LmStudioFailure, InterruptedException {
        call();
    }

    @Override
    public void download(String source, Consumer<DownloadProgress> progress)
            throws LmStudioFailure, InterruptedException {
        call();
    }

    @Override
    public ServerStatus serverStatus() throws LmStudioFailure, InterruptedException {
        call();
        return new ServerStatus(false, null);
    }

    @Override
    public void startServer(ServerAddress address) throws LmStudioFailure, InterruptedException {
        call();
    }

    @Override
    public String version() throws LmStudioFailure, InterruptedException {
        call();
        return "";
    }

    @Override
    public String fileStamp() {
        return "";
    }
}
