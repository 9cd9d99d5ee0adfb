package dev.lmstudiooperator.lmstudio.resilience;

import dev.lmstudiooperator.lmstudio.DownloadProgress;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.lmstudio.Operation;
import dev.lmstudiooperator.lmstudio.ServerAddress;
import dev.lmstudiooperator.lmstudio.ServerStatus;
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
 * The way to {@code lms} that everybody takes. A read is tried again when what made it fail may pass by itself; what changes
 * LM Studio is not, since a call that failed may have had its effect: whoever wants it looks first. One circuit breaker
 * counts the failures of all calls. The deadline of a call is the adapter's, which can end the process.
 *
 * <p>An interrupt that comes between the end of a process and the pause before a retry may be lost: the guards within each other
 * swallow it. Nobody interrupts a read but the end of the agent.
 */
public final class ResilientCli implements LmStudioCli {

    /** Whoever waits behind so many has a reason to be told no. */
    private static final int READS_THAT_WAIT = 100;

    private final LmStudioCli cli;
    private final CircuitBreaker breaker;
    private final Guard retry;
    private final Guard reads;
    private final Guard mutations = bulkhead("mutations", 1);
    private final Guard downloads = bulkhead("downloads", 1);
    private final Guard starts = bulkhead("starts of the server", 1);
    private final Executions executions;
    private final InstantSource clock;

    /** Who is told of each run of {@code lms}, the attempts at one read among them. What is not let through is none. */
    @FunctionalInterface
    public interface Executions {

        /**
         * It has ended.
         *
         * @param failure null when it succeeded
         */
        void ended(Operation operation, Duration duration, @Nullable LmStudioFailure failure);
    }

    /** @param clock tells people when the circuit breaker tries again, and how long runs took; it decides nothing */
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

    /** Whether calls are let through. */
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
        change(mutations, Operation.LOAD, () -> cli.load(request));
    }

    @Override
    public void unload(String identifier) throws LmStudioFailure, InterruptedException {
        change(mutations, Operation.UNLOAD, () -> cli.unload(identifier));
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

    /** Needs no process. */
    @Override
    public String fileStamp() {
        return cli.fileStamp();
    }

    @SuppressWarnings("unchecked") // It is what the question was answered with.
    private <T> T read(Operation operation, Question<T> question) throws LmStudioFailure, InterruptedException {
        try {
            return (T) through(() -> retry.call(
                    () -> reads.call(() -> breaker.call(() -> run(operation, question)), Object.class), Object.class));
        } catch (InfrastructureFailure failure) {
            throw breaker.state() == CircuitBreakerState.OPEN ? refusalAfter(failure) : failure;
        }
    }

    /** The failure that opened the circuit breaker tells at once for how long. */
    private InfrastructureFailure refusalAfter(InfrastructureFailure failure) {
        InfrastructureFailure refusal = breaker.refusal();
        refusal.initCause(failure);
        return refusal;
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

    private <T> T run(Operation operation, Question<T> question) throws LmStudioFailure, InterruptedException {
        Instant begunAt = clock.instant();
        try {
            T answer = question.ask();
            tell(operation, begunAt, null);
            return answer;
        } catch (LmStudioFailure failure) {
            tell(operation, begunAt, failure);
            throw failure;
        } catch (InterruptedException e) {
            tell(operation, begunAt, new InfrastructureFailure(InfrastructureFailure.Kind.CANCELLED, "interrupted"));
            throw e;
        }
    }

    private void tell(Operation operation, Instant begunAt, @Nullable LmStudioFailure failure) {
        executions.ended(operation, Duration.between(begunAt, clock.instant()), failure);
    }

    private static Object through(Callable<Object> guards) throws LmStudioFailure, InterruptedException {
        try {
            return guards.call();
        } catch (BulkheadException e) {
            InfrastructureFailure failure = new InfrastructureFailure(
                    InfrastructureFailure.Kind.TOO_MANY_CALLS, "The maximum number of lms processes is running");
            failure.initCause(e);
            throw failure;
        } catch (LmStudioFailure | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("lms failed in a way that it cannot", e);
        }
    }

    /** The library refuses a longest pause that is not longer than the first one, and does so at the first retry. */
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
                .whenException(ResilientCli::mayPass)
                .withExponentialBackoff()
                .factor(2)
                .maxDelay(Math.max(longest, first + 1), ChronoUnit.MILLIS)
                .done()
                .done()
                .build();
    }

    private static Guard bulkhead(String calls, int limit) {
        return Guard.create()
                .withDescription("lms " + calls)
                .withBulkhead()
                .limit(limit)
                .done()
                .build();
    }

    /** Whether the next attempt may go better though nobody does anything about it. */
    private static boolean mayPass(Throwable thrown) {
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
                    case NOT_LOOKED_YET, NOT_AUTHENTICATED, VERSION_MISMATCH, CIRCUIT_OPEN, TOO_MANY_CALLS -> false;
                };
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask() throws LmStudioFailure, InterruptedException;
    }

    @FunctionalInterface
    private interface Change {
        void make() throws LmStudioFailure, InterruptedException;
    }
}
