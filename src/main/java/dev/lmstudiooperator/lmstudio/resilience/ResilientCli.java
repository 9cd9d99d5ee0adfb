package dev.lmstudiooperator.lmstudio.resilience;

import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.lmstudio.Reading;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.Guard;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.eclipse.microprofile.faulttolerance.exceptions.BulkheadException;
import org.jspecify.annotations.Nullable;

/**
 * Adds retries, a circuit breaker and concurrency limits to an {@link LmStudioCli}. All calls of {@code lms} use it.
 *
 * <p>It retries a read after a failure that may be temporary. It does not retry a mutating operation, because a failed
 * call may have had its effect. The caller must read the state first. One circuit breaker counts the failures of all
 * calls. The adapter enforces the deadline of a call, because it can end the process.
 *
 * <p>An interrupt between the end of a process and the pause before a retry may be lost: the nested guards swallow it.
 * Only the shutdown of the agent interrupts a read.
 */
public final class ResilientCli implements LmStudioCli {

    /** The maximum number of waiting reads. Further reads are rejected. */
    private static final int READS_THAT_WAIT = 100;

    private final LmStudioCli cli;
    private final CircuitBreaker breaker;
    private final Guard retry;
    private final Guard reads;
    private final Guard operations = bulkhead("mutations");
    private final Guard downloads = bulkhead("downloads");
    private final Guard starts = bulkhead("starts of the server");
    private final Executions executions;
    private final InstantSource clock;

    /**
     * Receives the result of each run of {@code lms}, including each attempt at a read. A rejected call is not a run.
     */
    @FunctionalInterface
    public interface Executions {

        /**
         * Called when a run has ended.
         *
         * @param failure null if the run succeeded
         */
        void ended(Operation operation, Duration duration, @Nullable LmStudioFailure failure);
    }

    /** @param clock for the reported times of the next attempt and durations of runs; no decision depends on it */
    public ResilientCli(LmStudioCli cli, ResilienceSettings settings, Executions executions, InstantSource clock) {
        this.cli = cli;
        this.executions = executions;
        this.clock = clock;
        this.breaker = new CircuitBreaker(settings, clock);
        this.retry = retry(settings);
        this.reads = Guard.create()
                .withDescription("lms reads")
                .withBulkhead()
                .limit(settings.readsAtOnce())
                .enableSynchronousQueueing()
                .queueSize(READS_THAT_WAIT)
                .done()
                .build();
    }

    /** Returns the state of the circuit breaker, which determines whether calls are permitted. */
    public CircuitBreakerState circuitBreaker() {
        return breaker.state();
    }

    @Override
    public List<DownloadedModel> listDownloaded() throws LmStudioFailure, InterruptedException {
        return read(Operation.LIST_DOWNLOADED, cli::listDownloaded);
    }

    @Override
    public List<Instance> listLoaded() throws LmStudioFailure, InterruptedException {
        return read(Operation.LIST_LOADED, cli::listLoaded);
    }

    @Override
    public ServerStatus serverStatus() throws LmStudioFailure, InterruptedException {
        return read(Operation.SERVER_STATUS, cli::serverStatus);
    }

    @Override
    public String version() throws LmStudioFailure, InterruptedException {
        return read(Operation.VERSION, cli::version);
    }

    @Override
    public void load(LoadRequest request) throws LmStudioFailure, InterruptedException {
        change(operations, Operation.LOAD, () -> cli.load(request));
    }

    @Override
    public void unload(String identifier) throws LmStudioFailure, InterruptedException {
        change(operations, Operation.UNLOAD, () -> cli.unload(identifier));
    }

    @Override
    public void download(String source, Consumer<DownloadProgress> progress)
            throws LmStudioFailure, InterruptedException {
        change(downloads, Operation.DOWNLOAD, () -> cli.download(source, progress));
    }

    @Override
    public void startServer(ServerAddress address) throws LmStudioFailure, InterruptedException {
        change(starts, Operation.START_SERVER, () -> cli.startServer(address));
    }

    /** Does not start a process, so it needs no guard. */
    @Override
    public String fileStamp() {
        return cli.fileStamp();
    }

    @SuppressWarnings("unchecked") // The guards return the result of the query.
    private <T> T read(Operation operation, Reading.Query<T> query) throws LmStudioFailure, InterruptedException {
        try {
            return (T) through(() -> retry.call(
                    () -> reads.call(() -> breaker.call(() -> run(operation, query)), Object.class), Object.class));
        } catch (InfrastructureFailure failure) {
            // The read that opened the circuit breaker reports the time of the next attempt.
            throw breaker.state() == CircuitBreakerState.OPEN ? breaker.refusal(failure) : failure;
        }
    }

    private void change(Guard bulkhead, Operation operation, Change change)
            throws LmStudioFailure, InterruptedException {
        through(() -> bulkhead.call(
                () -> breaker.call(() -> run(operation, () -> {
                    change.make();
                    return true;
                })),
                Object.class));
    }

    private <T> T run(Operation operation, Reading.Query<T> query) throws LmStudioFailure, InterruptedException {
        Instant begunAt = clock.instant();
        try {
            T answer = query.ask();
            report(operation, begunAt, null);
            return answer;
        } catch (LmStudioFailure failure) {
            report(operation, begunAt, failure);
            throw failure;
        } catch (InterruptedException e) {
            report(operation, begunAt, new InfrastructureFailure(InfrastructureFailure.Kind.CANCELLED, "interrupted"));
            throw e;
        }
    }

    private void report(Operation operation, Instant begunAt, @Nullable LmStudioFailure failure) {
        executions.ended(operation, Duration.between(begunAt, clock.instant()), failure);
    }

    private static Object through(Callable<Object> guards) throws LmStudioFailure, InterruptedException {
        try {
            return guards.call();
        } catch (BulkheadException e) {
            throw new InfrastructureFailure(
                    InfrastructureFailure.Kind.TOO_MANY_CALLS, "The maximum number of lms processes is running", e);
        } catch (LmStudioFailure | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("lms failed unexpectedly", e);
        }
    }

    /**
     * Creates the retry guard. The library requires a maximum pause longer than the first pause, and checks it only at
     * the first retry.
     */
    private static Guard retry(ResilienceSettings settings) {
        long longest = settings.retryMax().toMillis();
        long first = Math.min(settings.retryBase().toMillis(), longest);
        return Guard.create()
                .withDescription("lms retry")
                .withRetry()
                .maxRetries(settings.retries())
                .delay(first, ChronoUnit.MILLIS)
                .jitter(settings.retryJitter().toMillis(), ChronoUnit.MILLIS)
                .maxDuration(Duration.ofDays(1).toMillis(), ChronoUnit.MILLIS)
                .whenException(ResilientCli::mayBeTemporary)
                .withExponentialBackoff()
                .factor(2)
                .maxDelay(Math.max(longest, first + 1), ChronoUnit.MILLIS)
                .done()
                .done()
                .build();
    }

    private static Guard bulkhead(String calls) {
        return Guard.create()
                .withDescription("lms " + calls)
                .withBulkhead()
                .limit(1)
                .done()
                .build();
    }

    /** Whether the next attempt may succeed without intervention. */
    private static boolean mayBeTemporary(Throwable thrown) {
        return thrown instanceof InfrastructureFailure failure
                && switch (failure.kind()) {
                    case CLI_MISSING,
                            CLI_NOT_USABLE,
                            TIMED_OUT,
                            KILLED,
                            UNREACHABLE,
                            UNREADABLE_OUTPUT,
                            CANCELLED,
                            UNKNOWN -> true;
                    case NOT_OBSERVED_YET, NOT_AUTHENTICATED, VERSION_MISMATCH, CIRCUIT_OPEN, TOO_MANY_CALLS -> false;
                };
    }

    @FunctionalInterface
    private interface Change {
        void make() throws LmStudioFailure, InterruptedException;
    }
}
