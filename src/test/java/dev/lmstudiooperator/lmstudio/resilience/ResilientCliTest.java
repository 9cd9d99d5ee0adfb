package dev.lmstudiooperator.lmstudio.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import dev.lmstudiooperator.lmstudio.LmStudioCli.Operation;
import dev.lmstudiooperator.lmstudio.LmStudioCli.ServerAddress;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.logging.LoggedLines;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests which calls {@code ResilientCli} makes, how often, and the failures that it reports otherwise. */
@Timeout(60)
class ResilientCliTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration MOMENT = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final LoadRequest LOAD =
            new LoadRequest("llama", "chat", Duration.ofMinutes(10), null, null, null, null);

    private final ScriptedCli lms = new ScriptedCli();
    private final List<String> reported = Collections.synchronizedList(new ArrayList<>());

    @Test
    void everyReadIsAnsweredByLms() throws Exception {
        ResilientCli guarded = guarded(3, LONG);

        assertThat(guarded.listDownloaded()).containsExactly(ScriptedCli.ON_DISK);
        assertThat(guarded.listLoaded()).containsExactly(ScriptedCli.LOADED);
        assertThat(guarded.serverStatus()).isEqualTo(ScriptedCli.SERVER);
        assertThat(guarded.version()).isEqualTo(ScriptedCli.VERSION);
        assertThat(guarded.fileStamp()).isEqualTo(ScriptedCli.FILE_STAMP);
        assertThat(reported).containsExactly("LIST_DOWNLOADED", "LIST_LOADED", "SERVER_STATUS", "VERSION");
    }

    @Test
    void everyChangeIsMadeByLms() throws Exception {
        ResilientCli guarded = guarded(3, LONG);
        List<DownloadProgress> progress = new ArrayList<>();

        guarded.load(LOAD);
        guarded.unload("chat");
        guarded.download("qwen", progress::add);
        guarded.startServer(new ServerAddress("127.0.0.1", 1234));

        assertThat(lms.changes()).containsExactly("load chat", "unload chat", "download qwen", "start 127.0.0.1:1234");
        assertThat(progress).hasSize(1);
        assertThat(reported).containsExactly("LOAD", "UNLOAD", "DOWNLOAD", "START_SERVER");
    }

    @Test
    void readThatSucceedsOnTheSecondTrySucceeds() throws Exception {
        lms.fail(broken(), 1);

        assertThat(guarded(3, LONG).listLoaded()).containsExactly(ScriptedCli.LOADED);

        assertThat(lms.calls()).isEqualTo(2);
    }

    @Test
    void everyAttemptIsReportedWithItsResult() throws Exception {
        lms.fail(broken(), 1);

        ResilientCli guarded = guarded(3, LONG);
        guarded.listLoaded();
        guarded.load(LOAD);

        assertThat(reported).containsExactly("LIST_LOADED broken", "LIST_LOADED", "LOAD");
    }

    @Test
    void rejectedCallIsNotReported() {
        ResilientCli guarded = open(LONG);
        reported.clear();

        failReads(guarded, 1);

        assertThat(reported).isEmpty();
    }

    @Test
    void readIsGivenUpAfterThreeRetriesWithItsLastFailure() {
        lms.fail(broken(), 100);

        assertThatExceptionOfType(InfrastructureFailure.class)
                .isThrownBy(guarded(3, LONG)::listLoaded)
                .withMessage("broken");

        assertThat(lms.calls()).isEqualTo(4);
    }

    @Test
    void pausesDoubleUpToTheirLimit() {
        lms.fail(broken(), 100);
        ResilienceSettings settings =
                new ResilienceSettings(4, MOMENT, MOMENT.multipliedBy(3), Duration.ZERO, 100, LONG, 4);

        assertThatExceptionOfType(InfrastructureFailure.class)
                .isThrownBy(new ResilientCli(lms, settings, this::note, () -> NOW)::listLoaded);

        List<Duration> pauses = lms.pauses();
        assertThat(pauses).hasSize(4);
        assertThat(pauses.get(0)).isGreaterThanOrEqualTo(MOMENT);
        assertThat(pauses.get(1)).isGreaterThanOrEqualTo(MOMENT.multipliedBy(2));
        assertThat(pauses.get(2)).isGreaterThanOrEqualTo(MOMENT.multipliedBy(3));
        assertThat(pauses.get(3)).isGreaterThanOrEqualTo(MOMENT.multipliedBy(3));
    }

    @Test
    void longestPauseMayBeTheFirst() {
        lms.fail(broken(), 100);
        ResilienceSettings settings = new ResilienceSettings(2, LONG, MOMENT, Duration.ZERO, 100, LONG, 4);

        assertThatExceptionOfType(InfrastructureFailure.class)
                .isThrownBy(new ResilientCli(lms, settings, this::note, () -> NOW)::listLoaded);

        assertThat(lms.pauses()).hasSize(2).allSatisfy(pause -> assertThat(pause)
                .isBetween(MOMENT, LONG.dividedBy(2)));
    }

    @Test
    void longestPausesAreTheSumOfThemAll() {
        ResilienceSettings settings = new ResilienceSettings(
                4, Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofMillis(200), 5, LONG, 4);

        assertThat(settings.longestPauses()).isEqualTo(Duration.ofMillis(1200 + 2200 + 4200 + 5200));
    }

    @Test
    void refusalIsNeitherRetriedNorCounted() throws Exception {
        ResilientCli guarded = guarded(3, LONG);
        lms.fail(new DomainFailure(DomainFailure.Kind.MODEL_NOT_FOUND, "no"), 10);

        for (int i = 0; i < 10; i++) {
            assertThatExceptionOfType(DomainFailure.class).isThrownBy(guarded::listLoaded);
        }

        assertThat(lms.calls()).isEqualTo(10);
        assertThat(guarded.circuitBreaker()).isEqualTo(CircuitBreakerState.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(names = {"NOT_AUTHENTICATED", "VERSION_MISMATCH"})
    void failureThatNeedsManualInterventionIsNotRetriedAndCounts(Kind kind) {
        ResilientCli guarded = guarded(3, LONG);
        lms.fail(new InfrastructureFailure(kind, "mend it"), 100);

        failReads(guarded, 5);

        assertThat(lms.calls()).isEqualTo(5);
        assertThat(guarded.circuitBreaker()).isEqualTo(CircuitBreakerState.OPEN);
    }

    @Test
    void loadIsNeverRepeated() {
        lms.fail(broken(), 1);

        assertThatExceptionOfType(InfrastructureFailure.class)
                .isThrownBy(() -> guarded(3, LONG).load(LOAD));

        assertThat(lms.calls()).isEqualTo(1);
    }

    @Test
    void fiveFailuresInARowOpenTheCircuitBreakerWhateverFailed() {
        ResilientCli guarded = guarded(3, LONG);
        lms.fail(broken(), 100);

        failReads(guarded, 1);
        assertThatExceptionOfType(InfrastructureFailure.class).isThrownBy(() -> guarded.load(LOAD));

        assertThat(lms.calls()).isEqualTo(5);
        assertThat(guarded.circuitBreaker()).isEqualTo(CircuitBreakerState.OPEN);
    }

    @Test
    void successBetweenFailuresBreaksTheRow() throws Exception {
        ResilientCli guarded = guarded(0, LONG);
        lms.fail(broken(), 4);
        failReads(guarded, 4);
        guarded.listLoaded();
        lms.fail(broken(), 4);
        failReads(guarded, 4);

        assertThat(guarded.circuitBreaker()).isEqualTo(CircuitBreakerState.CLOSED);
    }

    @Test
    void openCircuitBreakerStartsNothingAndReportsReasonAndEnd() {
        ResilientCli guarded = open(LONG);

        InfrastructureFailure refusal = catchThrowableOfType(InfrastructureFailure.class, guarded::listDownloaded);

        assertThat(refusal.kind()).isEqualTo(Kind.CIRCUIT_OPEN);
        assertThat(refusal.retryAt()).contains(NOW.plus(LONG));
        assertThat(refusal)
                .hasMessageContaining("Next attempt at 2026-01-01T12:01:00Z")
                .hasMessageContaining("broken");
        assertThat(lms.calls()).isEqualTo(5);
    }

    @Test
    void readThatOpensTheCircuitBreakerReportsIt() {
        ResilientCli guarded = guarded(0, LONG);
        lms.fail(broken(), 100);
        failReads(guarded, 4);

        InfrastructureFailure fifth = catchThrowableOfType(InfrastructureFailure.class, guarded::listLoaded);

        assertThat(fifth.kind()).isEqualTo(Kind.CIRCUIT_OPEN);
    }

    @Test
    void oneCallThatSucceedsAfterTheDelayClosesIt() throws Exception {
        ResilientCli guarded = open(MOMENT);
        lms.fail(broken(), 0);
        awaitHalfOpen(guarded);

        guarded.listLoaded();

        assertThat(guarded.circuitBreaker()).isEqualTo(CircuitBreakerState.CLOSED);
        assertThat(lms.calls()).isEqualTo(6);
    }

    @Test
    void trialThatFailsOpensItAgainAndIsNotRepeated() {
        ResilientCli guarded = open(Duration.ofSeconds(2));
        awaitHalfOpen(guarded);

        failReads(guarded, 1);

        assertThat(guarded.circuitBreaker()).isEqualTo(CircuitBreakerState.OPEN);
        assertThat(lms.calls()).isEqualTo(6);
    }

    @Test
    void otherCallsAreRejectedDuringTheTrial() throws Exception {
        ResilientCli guarded = open(MOMENT);
        lms.fail(broken(), 0);
        awaitHalfOpen(guarded);
        CountDownLatch end = lms.hold();
        CompletableFuture<Object> trial = CompletableFuture.supplyAsync(() -> answer(guarded));
        lms.awaitCalls(6);

        failReads(guarded, 3);

        end.countDown();
        assertThat(trial.get()).isEqualTo(List.of(ScriptedCli.LOADED));
        assertThat(lms.calls()).isEqualTo(6);
        assertThat(guarded.circuitBreaker()).isEqualTo(CircuitBreakerState.CLOSED);
    }

    @Test
    void interruptedTrialIsInconclusive() throws Exception {
        ResilientCli guarded = open(Duration.ofSeconds(2));
        lms.fail(broken(), 0);
        awaitHalfOpen(guarded);
        lms.hold();
        Thread trial = Thread.ofPlatform().daemon().start(() -> answer(guarded));
        lms.awaitCalls(6);

        trial.interrupt();
        trial.join();

        assertThat(guarded.circuitBreaker()).isEqualTo(CircuitBreakerState.OPEN);
        assertThat(reported).last().isEqualTo("LIST_LOADED interrupted");
    }

    /** A failed trial call is not logged. */
    @Test
    void episodeIsLoggedWhenItBeginsAndWhenItEnds() throws Exception {
        try (LoggedLines log = new LoggedLines(CircuitBreaker.class.getName())) {
            ResilientCli guarded = open(Duration.ofMillis(200));
            assertThat(log.lines()).hasSize(1);
            awaitHalfOpen(guarded);
            failReads(guarded, 1);
            lms.fail(broken(), 0);
            awaitHalfOpen(guarded);

            guarded.listLoaded();

            assertThat(log.lines())
                    .containsExactly(
                            "Circuit breaker opened: circuit_breaker=OPEN failures=5"
                                    + " retry_at=2026-01-01T12:00:00.200Z error=broken",
                            "Circuit breaker closed: circuit_breaker=CLOSED");
        }
    }

    @Test
    void interruptEndsTheWaitForARetry() throws Exception {
        lms.fail(broken(), 100);
        ResilienceSettings settings = new ResilienceSettings(3, LONG, LONG, Duration.ZERO, 5, LONG, 4);
        ResilientCli guarded = new ResilientCli(lms, settings, this::note, () -> NOW);
        CompletableFuture<Object> answer = new CompletableFuture<>();
        Thread reader = Thread.ofPlatform().daemon().start(() -> answer.complete(answer(guarded)));
        await().until(() -> reader.getState() == Thread.State.TIMED_WAITING);

        reader.interrupt();

        assertThat(answer.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void secondConcurrentChangeIsRefused() throws Exception {
        ResilientCli guarded = guarded(0, LONG);
        CountDownLatch end = lms.hold();
        CompletableFuture<Object> first = CompletableFuture.supplyAsync(() -> {
            try {
                guarded.load(LOAD);
                return true;
            } catch (LmStudioFailure | InterruptedException e) {
                return e;
            }
        });
        lms.awaitCalls(1);

        InfrastructureFailure refusal = catchThrowableOfType(InfrastructureFailure.class, () -> guarded.unload("chat"));

        assertThat(refusal.kind()).isEqualTo(Kind.TOO_MANY_CALLS);
        end.countDown();
        assertThat(first.get()).isEqualTo(true);
        assertThat(lms.calls()).isEqualTo(1);
    }

    @Test
    void fifthReadWaitsForOneOfTheFour() throws InterruptedException, ExecutionException {
        ResilientCli guarded = guarded(0, LONG);
        CountDownLatch end = lms.hold();
        List<CompletableFuture<Object>> readers = Stream.generate(() -> CompletableFuture.supplyAsync(
                        () -> answer(guarded), Thread.ofPlatform().daemon()::start))
                .limit(20)
                .toList();
        lms.awaitCalls(4);

        end.countDown();

        for (CompletableFuture<Object> reader : readers) {
            assertThat(reader.get()).isEqualTo(List.of(ScriptedCli.LOADED));
        }
        assertThat(lms.calls()).isEqualTo(20);
        assertThat(lms.mostAtOnce()).isEqualTo(4);
    }

    private ResilientCli guarded(int retries, Duration openFor) {
        return new ResilientCli(
                lms,
                new ResilienceSettings(
                        retries, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ZERO, 5, openFor, 4),
                this::note,
                () -> NOW);
    }

    private void note(Operation operation, Duration duration, @Nullable LmStudioFailure failure) {
        reported.add(operation + (failure == null ? "" : " " + failure.explanation()));
    }

    private ResilientCli open(Duration openFor) {
        ResilientCli guarded = guarded(0, openFor);
        lms.fail(broken(), 100);
        failReads(guarded, 5);
        return guarded;
    }

    private static void failReads(ResilientCli guarded, int times) {
        for (int i = 0; i < times; i++) {
            assertThatExceptionOfType(InfrastructureFailure.class).isThrownBy(guarded::listLoaded);
        }
    }

    private static Object answer(ResilientCli guarded) {
        try {
            return guarded.listLoaded();
        } catch (LmStudioFailure | InterruptedException e) {
            return e;
        }
    }

    private static void awaitHalfOpen(ResilientCli guarded) {
        await().until(() -> guarded.circuitBreaker() == CircuitBreakerState.HALF_OPEN);
    }

    private static InfrastructureFailure broken() {
        return new InfrastructureFailure(Kind.UNREACHABLE, "broken");
    }
}
