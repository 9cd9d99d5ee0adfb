package dev.lmstudiooperator.agent.managedmodel;

import static dev.lmstudiooperator.Copies.copy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.operation.OperationResult;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.Failure;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.LastError;
import dev.lmstudiooperator.api.v1alpha1.ManagedModels;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.clock.Clocks;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.lmstudio.Backoff;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests which failure still applies after downloads and loads have ended. */
class CurrentFailureTest {

    private static final Backoff RETRY_BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final SteadyClock CLOCK = Clocks.of(() -> NOW);
    private static final ResourceID OWNER = new ResourceID("chat", "team");
    private static final String MODEL = "qwen";
    private static final Download DOWNLOAD = new Download(MODEL, null);

    private final ModelStateStore states = new ModelStateStore();

    @Test
    void failedDownloadIsADownloadFailure() {
        assertThat(afterDownload(new InfrastructureFailure(InfrastructureFailure.Kind.TIMED_OUT, "too late"), null))
                .isEqualTo(new Failure(Reason.DOWNLOAD_FAILED, "too late", NOW, NOW.plusSeconds(5)));
        assertThat(afterDownload(new DomainFailure(DomainFailure.Kind.DOWNLOAD_BROKE_OFF, "broke off"), null))
                .extracting(Failure::reason)
                .isEqualTo(Reason.DOWNLOAD_FAILED);
    }

    @Test
    void downloadFailuresThatNeedManualInterventionHaveTheirOwnReasons() {
        assertThat(afterDownload(new DomainFailure(DomainFailure.Kind.DISK_FULL, "full"), null))
                .isEqualTo(new Failure(Reason.DISK_FULL, "full", NOW, NOW.plusSeconds(300)));
        assertThat(afterDownload(new DomainFailure(DomainFailure.Kind.MODEL_NOT_FOUND, "what?"), null))
                .isEqualTo(new Failure(Reason.MODEL_NOT_FOUND, "what?", NOW, NOW.plusSeconds(300)));
    }

    @Test
    void downloadThatFailsAgainWaitsLonger() {
        LastError before = new LastError("DownloadFailed", "why", "2026-01-01T11:59:50Z", "2026-01-01T11:59:55Z");

        assertThat(afterDownload(new DomainFailure(DomainFailure.Kind.DOWNLOAD_BROKE_OFF, "again"), before))
                .extracting(Failure::retryAt)
                .isEqualTo(NOW.plusSeconds(10));
    }

    @Test
    void completedDownloadEndsItsFailureAndNoOther() {
        states.ended(OWNER, new OperationResult.Downloaded(DOWNLOAD, NOW, Duration.ZERO));

        assertThat(currentFailure(error("DownloadFailed"))).isNull();
        assertThat(currentFailure(error("DiskFull"))).isNull();
        assertThat(currentFailure(error("VerificationFailed"))).isNotNull();
    }

    @Test
    void downloadThatWasCancelledOrCannotBeJudgedIsNoFailure() {
        states.ended(OWNER, new OperationResult.Cancelled(DOWNLOAD, NOW, Duration.ZERO, true));
        assertThat(currentFailure(null)).isNull();

        states.ended(OWNER, new OperationResult.Unclear(DOWNLOAD, NOW, Duration.ZERO));
        assertThat(currentFailure(null)).isNull();
    }

    @Test
    void failureOfAnotherDownloadDoesNotApply() {
        DomainFailure failure = new DomainFailure(DomainFailure.Kind.DISK_FULL, "full");
        states.ended(
                OWNER, new OperationResult.Failed(new Download("qwen/qwen3-14b", null), NOW, Duration.ZERO, failure));

        assertThat(currentFailure(null)).isNull();
    }

    @Test
    void failedDownloadIsForgottenWithTheSpecThatAskedForIt() {
        ManagedModelStatus older =
                copy(status(0, error("DiskFull")), "loadRevision", desired().loadRevision());

        assertThat(CurrentFailure.of(older, states.of(OWNER), desired(), RETRY_BACKOFF, CLOCK))
                .isNull();
    }

    @Test
    void loadWithoutAResponseIsRetriedWithTheConfiguredBackoff() {
        InfrastructureFailure failure = new InfrastructureFailure(InfrastructureFailure.Kind.KILLED, "died");
        states.ended(OWNER, new OperationResult.Failed(load(), NOW, Duration.ZERO, failure));

        assertThat(currentFailure(null))
                .isEqualTo(new Failure(Reason.LM_STUDIO_UNREACHABLE, "died", NOW, NOW.plusSeconds(1)));
    }

    @Test
    void modelThatALoadDoesNotFindIsALoadThatFailed() {
        DomainFailure failure = new DomainFailure(DomainFailure.Kind.MODEL_NOT_FOUND, "Model not found");
        states.ended(OWNER, new OperationResult.Failed(load(), NOW, Duration.ZERO, failure));

        assertThat(currentFailure(null))
                .isEqualTo(new Failure(Reason.LOAD_FAILED, "Model not found", NOW, NOW.plusSeconds(5)));
    }

    private static ModelOperation load() {
        return new ModelOperation.Load(
                new LoadRequest(MODEL, "chat", Duration.ofMinutes(10), null, null, null, null), "revision");
    }

    private @Nullable Failure afterDownload(LmStudioFailure failure, @Nullable LastError before) {
        states.ended(OWNER, new OperationResult.Failed(DOWNLOAD, NOW, Duration.ZERO, failure));
        return currentFailure(before);
    }

    private @Nullable Failure currentFailure(@Nullable LastError before) {
        return CurrentFailure.of(status(1, before), states.of(OWNER), desired(), RETRY_BACKOFF, CLOCK);
    }

    /** The clock was ahead when an earlier agent wrote the status. The backoff keeps its length. */
    @Test
    void failureOfTomorrowIsWaitedForAsLongAsItWasToBe() {
        LastError tomorrow = new LastError("LoadFailed", "why", "2026-01-02T12:00:00Z", "2026-01-02T12:00:20Z");

        assertThat(currentFailure(tomorrow))
                .isEqualTo(new Failure(Reason.LOAD_FAILED, "why", NOW, NOW.plusSeconds(20)));
    }

    /** Any client with write access to the status can write any time into it. */
    @Test
    void nothingIsWaitedForLongerThanWeWouldHaveSet() {
        LastError far = new LastError("LoadFailed", "why", "2026-01-01T11:59:50Z", "2036-01-01T00:00:00Z");
        LastError backwards = new LastError("LoadFailed", "why", "2026-01-01T11:59:50Z", "2016-01-01T00:00:00Z");

        assertThat(Objects.requireNonNull(currentFailure(far)).retryAt())
                .isEqualTo(NOW.minusSeconds(10).plus(Duration.ofHours(1)));
        assertThat(Objects.requireNonNull(currentFailure(backwards)).retryAt()).isEqualTo(NOW.minusSeconds(10));
    }

    private static ManagedModelStatus status(long generation, @Nullable LastError error) {
        return copy(copy(ManagedModelStatus.UNOBSERVED, "observedGeneration", generation), "lastError", error);
    }

    private static LastError error(String reason) {
        return new LastError(reason, "why", "2026-01-01T11:59:50Z", "2026-01-01T12:01:00Z");
    }

    private static Desired desired() {
        return Desired.of(ManagedModels.chat("pullPolicy: IfNotPresent"));
    }
}
