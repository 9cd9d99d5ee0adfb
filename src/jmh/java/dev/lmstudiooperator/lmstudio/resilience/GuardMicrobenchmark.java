package dev.lmstudiooperator.lmstudio.resilience;

import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import dev.lmstudiooperator.lmstudio.LmStudioCli.ServerAddress;
import dev.lmstudiooperator.lmstudio.LmStudioCli.ServerStatus;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Measures the overhead of retry, circuit breaker and bulkhead for a call that takes no time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class GuardMicrobenchmark {

    private static final ResilienceSettings SETTINGS = new ResilienceSettings(
            3, Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMillis(200), 5, Duration.ofSeconds(60), 4);

    private final LmStudioCli bare = new Instantaneous();
    private final LmStudioCli guarded =
            new ResilientCli(bare, SETTINGS, (operation, duration, failure) -> {}, InstantSource.system());

    @Benchmark
    public List<Instance> bareRead() throws LmStudioFailure, InterruptedException {
        return bare.listLoaded();
    }

    @Benchmark
    public List<Instance> guardedRead() throws LmStudioFailure, InterruptedException {
        return guarded.listLoaded();
    }

    @Benchmark
    public boolean guardedUnload() throws LmStudioFailure, InterruptedException {
        guarded.unload("chat");
        return true;
    }

    private static final class Instantaneous implements LmStudioCli {

        @Override
        public List<DownloadedModel> listDownloaded() {
            return List.of();
        }

        @Override
        public List<Instance> listLoaded() {
            return List.of();
        }

        @Override
        public void load(LoadRequest request) {}

        @Override
        public void unload(String identifier) {}

        @Override
        public void download(String source, Consumer<DownloadProgress> progress) {}

        @Override
        public ServerStatus serverStatus() {
            return new ServerStatus(false, null);
        }

        @Override
        public void startServer(ServerAddress address) {}

        @Override
        public String version() {
            return "";
        }

        @Override
        public String fileStamp() {
            return "";
        }
    }
}
