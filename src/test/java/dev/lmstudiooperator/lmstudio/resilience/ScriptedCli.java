package dev.lmstudiooperator.lmstudio.resilience;

import static dev.lmstudiooperator.lmstudio.DownloadedModelBuilder.aDownloadedModel;
import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;

import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An {@code lms} that fails as often as the test requests, and records its calls. */
final class ScriptedCli implements LmStudioCli {

    static final DownloadedModel ON_DISK = aDownloadedModel("qwen").build();
    static final Instance LOADED = anInstance("chat", "qwen").build();
    static final ServerStatus SERVER = new ServerStatus(true, 1234);
    static final String VERSION = "1.2.3";
    static final String FILE_STAMP = "of today";

    private final List<Long> calledAt = new ArrayList<>();
    private final List<String> changes = new ArrayList<>();
    private @Nullable LmStudioFailure failure;
    private int failuresLeft;
    private CountDownLatch held = new CountDownLatch(0);
    private int atOnce;
    private int mostAtOnce;

    synchronized void fail(LmStudioFailure with, int times) {
        failure = with;
        failuresLeft = times;
    }

    /** Blocks calls until the latch is counted down. */
    synchronized CountDownLatch hold() {
        held = new CountDownLatch(1);
        return held;
    }

    synchronized int calls() {
        return calledAt.size();
    }

    /** The requested changes. */
    synchronized List<String> changes() {
        return List.copyOf(changes);
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

    private void change(String what) throws LmStudioFailure, InterruptedException {
        synchronized (this) {
            changes.add(what);
        }
        call();
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
        return List.of(ON_DISK);
    }

    @Override
    public List<Instance> listLoaded() throws LmStudioFailure, InterruptedException {
        call();
        return List.of(LOADED);
    }

    @Override
    public void load(LoadRequest request) throws LmStudioFailure, InterruptedException {
        change("load " + request.identifier());
    }

    @Override
    public void unload(String identifier) throws LmStudioFailure, InterruptedException {
        change("unload " + identifier);
    }

    @Override
    public void download(String source, Consumer<DownloadProgress> progress)
            throws LmStudioFailure, InterruptedException {
        change("download " + source);
        progress.accept(new DownloadProgress(100, null, null));
    }

    @Override
    public ServerStatus serverStatus() throws LmStudioFailure, InterruptedException {
        call();
        return SERVER;
    }

    @Override
    public void startServer(ServerAddress address) throws LmStudioFailure, InterruptedException {
        change("start " + address);
    }

    @Override
    public String version() throws LmStudioFailure, InterruptedException {
        call();
        return VERSION;
    }

    @Override
    public String fileStamp() {
        return FILE_STAMP;
    }
}
