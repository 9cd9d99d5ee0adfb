package dev.lmstudiooperator.agent.managedmodel;

import static dev.lmstudiooperator.Copies.copy;
import static dev.lmstudiooperator.agent.managedmodel.SyncResultBuilder.CHAT;
import static dev.lmstudiooperator.agent.managedmodel.SyncResultBuilder.NOW;
import static dev.lmstudiooperator.agent.managedmodel.SyncResultBuilder.aResult;
import static dev.lmstudiooperator.agent.managedmodel.SyncResultBuilder.recorded;
import static dev.lmstudiooperator.agent.plan.PlanInputs.check;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Failure;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.DownloadStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.InstanceStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.LastError;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.VerificationStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import dev.lmstudiooperator.lmstudio.Observation;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests how a reconciliation updates the status of an earlier one. */
class StatusDetailsTest {

    private static final Instance INSTANCE = copy(copy(CHAT, "variant", "qwen@q4"), "quantization", "Q4_K_M");
    private static final ConditionSummary VERIFIED = new ConditionSummary(
            ConditionStatus.TRUE, ConditionStatus.TRUE, Progress.RECONCILING, Reason.VERIFIED, "It is so");
    private static final VerificationOutcome CHECK = copy(
            copy(check(VerificationResult.PASSED, Reason.VERIFIED, NOW, 0), "latency", Duration.ofMillis(120)),
            "message",
            "It is served");
    private static final DownloadStatus DOWNLOAD = new DownloadStatus("qwen", 40, 4L, 10L);
    private static final LastError REPORTED =
            new LastError("LoadFailed", "It went wrong", "2026-01-01T11:00:00Z", null);
    private static final Failure FAILURE = new Failure(Reason.LOAD_FAILED, "It went wrong again", NOW, null);

    // Verification

    @Test
    void verificationContainsTheResultOfTheCheck() {
        assertThat(pass().history("lastCheck", CHECK).status().verification())
                .isEqualTo(verification("Passed", "Served", "cli", "api", "12:00:00", 0));
    }

    @Test
    void checkWithTheSameResultKeepsTheTimeOfTheFirst() {
        VerificationStatus before = verification("Passed", "Served", "cli", "api", "11:00:00", 0);

        assertThat(pass().history("lastCheck", CHECK)
                        .before("verification", before)
                        .status()
                        .verification())
                .isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({
        "Unknown, Served,    cli,   api,   0",
        "Passed,  Inference, cli,   api,   0",
        "Passed,  Served,    other, api,   0",
        "Passed,  Served,    cli,   other, 0",
        "Passed,  Served,    cli,   api,   2"
    })
    void checkWithAnotherResultReplacesTheVerification(
            String result, String mode, String cli, String api, int failures) {
        VerificationStatus before = verification(result, mode, cli, api, "11:00:00", failures);

        assertThat(pass().history("lastCheck", CHECK)
                        .before("verification", before)
                        .status()
                        .verification())
                .isEqualTo(verification("Passed", "Served", "cli", "api", "12:00:00", 0));
    }

    @Test
    void verificationThatStandsIsLeftAsItIs() {
        VerificationStatus before = verification("Passed", "Inference", "earlier", "earlier", "11:00:00", 0);
        SyncResultBuilder undecided = pass().history("lastCheck", copy(CHECK, "isEarlierValid", true));

        assertThat(undecided.before("verification", before).status().verification())
                .isEqualTo(before);
        assertThat(undecided.status().verification()).isNotNull();
    }

    // Revisions and conditions

    @Test
    void servedRevisionCountsAsLoaded() {
        assertThat(pass().history("loadedRevision", "older")
                        .summary(VERIFIED)
                        .status()
                        .loadedRevision())
                .isEqualTo(pass().build().input().desired().loadRevision());
        assertThat(pass().history("loadedRevision", "older").status().loadedRevision())
                .isEqualTo("older");
    }

    @Test
    void conditionOfALostAgentStandsUntilItsLeaseIsRenewed() {
        ManagedModelStatus lost = Serialization.unmarshal(
                "conditions: [{type: Ready, status: Unknown, reason: AgentLost, message: lost}]",
                ManagedModelStatus.class);
        SyncResultBuilder pass = pass().before("conditions", lost.conditions());

        assertThat(ready(pass)).isEqualTo("Loading");
        assertThat(ready(pass.nodeContext("isLeaseExpired", true))).isEqualTo("AgentLost");
    }

    // Downloads

    @Test
    void downloadReportsItsProgress() {
        SyncResultBuilder begun = pass().history("download", new Download("qwen", null));
        SyncResultBuilder lasting = pass().history("download", new Download("qwen", new DownloadProgress(40, 4L, 10L)));

        assertThat(begun.status().download()).isEqualTo(new DownloadStatus("qwen", null, null, null));
        assertThat(lasting.status().download()).isEqualTo(DOWNLOAD);
    }

    @Test
    void failedDownloadKeepsItsProgress() {
        SyncResultBuilder pass = pass().before("download", DOWNLOAD);

        assertThat(pass.history("failure", copy(FAILURE, "reason", Reason.DOWNLOAD_FAILED))
                        .status()
                        .download())
                .isEqualTo(DOWNLOAD);
        assertThat(pass.history("failure", FAILURE).status().download()).isNull();
        assertThat(pass.status().download()).isNull();
    }

    // Failures

    @Test
    void reportedFailureStaysUntilAnOperationEnds() {
        SyncResultBuilder pass = pass().history("failure", FAILURE).before("lastError", REPORTED);

        assertThat(pass.status().lastError()).isEqualTo(REPORTED);
        assertThat(pass.hasResult().status().lastError())
                .isEqualTo(new LastError("LoadFailed", "It went wrong again", "2026-01-01T12:00:00Z", null));
    }

    @Test
    void newFailureIsReported() {
        Failure found = new Failure(Reason.DISK_FULL, "It is full", NOW, NOW.plusSeconds(5));

        assertThat(pass().history("failure", FAILURE)
                        .before("lastError", REPORTED)
                        .found(found)
                        .status()
                        .lastError())
                .isEqualTo(new LastError("DiskFull", "It is full", "2026-01-01T12:00:00Z", "2026-01-01T12:00:05Z"));
    }

    @Test
    void failureThatNoLongerAppliesIsNotReported() {
        assertThat(pass().before("lastError", REPORTED).status().lastError()).isNull();
    }

    // The instance

    @Test
    void instanceIsDescribedAsItIsListed() {
        assertThat(instance(pass()))
                .isEqualTo(new InstanceStatus(
                        "chat", "qwen", 5L, 4096, "qwen@q4", "Q4_K_M", 4, 600L, "2026-01-01T11:59:00Z", null, false));
    }

    @Test
    void instanceThatNeverExpiresHasNoTtl() {
        SyncResultBuilder pass = pass("retention: Temporary").observed(listed(copy(INSTANCE, "ttl", null)));

        assertThat(instance(pass))
                .extracting(InstanceStatus::ttlSeconds, InstanceStatus::expiresTime)
                .containsOnlyNulls();
    }

    @Test
    void instanceMayHaveNeitherVariantNorQuantization() {
        Instance plain = copy(copy(INSTANCE, "variant", null), "quantization", null);

        assertThat(instance(pass().observed(listed(plain))))
                .extracting(InstanceStatus::variant, InstanceStatus::quantization)
                .containsOnlyNulls();
    }

    @Test
    void foundInstanceIsAdoptedAndHasNoTimeOfItsLoad() {
        assertThat(instance(pass().history("recorded", recorded(null))))
                .extracting(InstanceStatus::adopted, InstanceStatus::loadedTime)
                .containsExactly(true, null);
    }

    /** The wall clock may have been set since. */
    @Test
    void recordedTimeOfTheLoadStays() {
        SyncResultBuilder reported = reported("2026-01-01T11:58:30Z");

        assertThat(instance(reported).loadedTime()).isEqualTo("2026-01-01T11:58:30Z");
        assertThat(instance(reported.hasLoaded()).loadedTime()).isEqualTo("2026-01-01T11:59:00Z");
    }

    @Test
    void timeOfTheLoadThatIsStillToComeIsCorrected() {
        assertThat(instance(reported("2026-01-01T12:00:01Z")).loadedTime()).isEqualTo("2026-01-01T11:59:00Z");
        assertThat(instance(reported("2026-01-01T12:00:00Z")).loadedTime()).isEqualTo("2026-01-01T12:00:00Z");
    }

    private static String ready(SyncResultBuilder pass) {
        return Objects.requireNonNull(pass.status().conditions()).getFirst().getReason();
    }

    private static InstanceStatus instance(SyncResultBuilder pass) {
        return Objects.requireNonNull(pass.status().instance());
    }

    private static VerificationStatus verification(
            String result, String mode, String cli, String api, String time, int failures) {
        return Serialization.unmarshal("""
                result: %s
                mode: %s
                cli: %s
                api: %s
                checkedTime: "2026-01-01T%sZ"
                consecutiveFailures: %d
                latencyMillis: 120
                message: It is served
                """.formatted(result, mode, cli, api, time, failures), VerificationStatus.class);
    }

    private static SyncResultBuilder pass(String... spec) {
        return aResult(spec).observed(listed(INSTANCE));
    }

    private static SyncResultBuilder reported(String loadedTime) {
        return pass().before(
                        "instance",
                        new InstanceStatus("chat", "qwen", 5L, 4096, null, null, 4, 600L, loadedTime, null, false));
    }

    private static Observation listed(Instance instance) {
        return anObservation(NOW).loaded(instance).build();
    }
}
