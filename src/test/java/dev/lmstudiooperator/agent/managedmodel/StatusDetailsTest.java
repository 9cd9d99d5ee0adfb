package dev.lmstudiooperator.agent.managedmodel;

import static dev.lmstudiooperator.agent.plan.Copies.copy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.Failure;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.History.Download;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.agent.plan.NodeContext;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.DownloadStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.InstanceStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.LastError;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.VerificationStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationMode;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests how a reconciliation updates the status of an earlier one. */
class StatusDetailsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Instant LOADED = NOW.minusSeconds(60);
    private static final Instance INSTANCE = new Instance(
            "chat",
            "qwen",
            ModelType.LLM,
            Duration.ofMinutes(10),
            null,
            4096,
            4,
            Activity.IDLE,
            0,
            5L,
            null,
            "qwen@q4",
            "Q4_K_M",
            null);
    private static final VerificationOutcome CHECK = new VerificationOutcome(
            VerificationResult.PASSED,
            Reason.VERIFIED,
            VerificationMode.SERVED,
            NOW,
            "cli",
            "api",
            Duration.ofMillis(120),
            "It is served",
            0,
            false,
            false);
    private static final DownloadStatus DOWNLOAD = new DownloadStatus("qwen", 40, 4L, 10L);
    private static final LastError REPORTED =
            new LastError("LoadFailed", "It went wrong", "2026-01-01T11:00:00Z", null);
    private static final Failure FAILURE = new Failure(Reason.LOAD_FAILED, "It went wrong again", NOW, null);

    // Verification

    @Test
    void verificationTellsWhatTheCheckFound() {
        assertThat(status(pass().history("lastCheck", CHECK)).verification())
                .isEqualTo(verification("Passed", "Served", "cli", "api", "12:00:00", 0));
    }

    @Test
    void checkThatSaysTheSameKeepsTheTimeOfTheFirst() {
        VerificationStatus before = verification("Passed", "Served", "cli", "api", "11:00:00", 0);

        assertThat(status(pass().history("lastCheck", CHECK).before("verification", before))
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
    void checkThatSaysSomethingElseIsTold(String result, String mode, String cli, String api, int failures) {
        VerificationStatus before = verification(result, mode, cli, api, "11:00:00", failures);

        assertThat(status(pass().history("lastCheck", CHECK).before("verification", before))
                        .verification())
                .isEqualTo(verification("Passed", "Served", "cli", "api", "12:00:00", 0));
    }

    @Test
    void verificationThatStandsIsLeftAsItIs() {
        VerificationStatus before = verification("Passed", "Inference", "earlier", "earlier", "11:00:00", 0);
        Pass undecided = pass().history("lastCheck", copy(CHECK, "isEarlierValid", true));

        assertThat(status(undecided.before("verification", before)).verification())
                .isEqualTo(before);
        assertThat(status(undecided).verification()).isNotNull();
    }

    // Revisions and conditions

    @Test
    void servedRevisionCountsAsLoaded() {
        assertThat(status(pass().history("loadedRevision", "older").reason(ConditionStatus.TRUE, Reason.VERIFIED))
                        .loadedRevision())
                .isEqualTo(pass().input.desired().loadRevision());
        assertThat(status(pass().history("loadedRevision", "older")).loadedRevision())
                .isEqualTo("older");
    }

    @Test
    void conditionOfALostAgentStandsUntilItsLeaseIsRenewed() {
        ManagedModelStatus lost = Serialization.unmarshal(
                "conditions: [{type: Ready, status: Unknown, reason: AgentLost, message: lost}]",
                ManagedModelStatus.class);
        Pass pass = pass().before("conditions", lost.conditions());

        assertThat(ready(pass)).isEqualTo("Loading");
        assertThat(ready(pass.nodeContext("isLeaseExpired", true))).isEqualTo("AgentLost");
    }

    // Downloads

    @Test
    void downloadTellsHowFarItHasCome() {
        Pass begun = pass().history("download", new Download("qwen", null));
        Pass lasting = pass().history("download", new Download("qwen", new DownloadProgress(40, 4L, 10L)));

        assertThat(status(begun).download()).isEqualTo(new DownloadStatus("qwen", null, null, null));
        assertThat(status(lasting).download()).isEqualTo(DOWNLOAD);
    }

    @Test
    void downloadThatBrokeOffTellsHowFarItHadCome() {
        Pass pass = pass().before("download", DOWNLOAD);

        assertThat(status(pass.history("failure", copy(FAILURE, "reason", Reason.DOWNLOAD_FAILED)))
                        .download())
                .isEqualTo(DOWNLOAD);
        assertThat(status(pass.history("failure", FAILURE)).download()).isNull();
        assertThat(status(pass).download()).isNull();
    }

    // Failures

    @Test
    void failureIsToldAsItWasUntilSomethingEnds() {
        Pass pass = pass().history("failure", FAILURE).before("lastError", REPORTED);

        assertThat(status(pass).lastError()).isEqualTo(REPORTED);
        assertThat(status(pass.ended()).lastError())
                .isEqualTo(new LastError("LoadFailed", "It went wrong again", "2026-01-01T12:00:00Z", null));
    }

    @Test
    void failureOfThisPassIsTold() {
        Failure found = new Failure(Reason.DISK_FULL, "It is full", NOW, NOW.plusSeconds(5));

        assertThat(status(pass().history("failure", FAILURE)
                                .before("lastError", REPORTED)
                                .found(found))
                        .lastError())
                .isEqualTo(new LastError("DiskFull", "It is full", "2026-01-01T12:00:00Z", "2026-01-01T12:00:05Z"));
    }

    @Test
    void failureThatStandsInTheWayNoMoreIsNotTold() {
        assertThat(status(pass().before("lastError", REPORTED)).lastError()).isNull();
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
        Pass pass = pass().of("retention: Temporary").listing(copy(INSTANCE, "ttl", null));

        assertThat(instance(pass))
                .extracting(InstanceStatus::ttlSeconds, InstanceStatus::expiresTime)
                .containsOnlyNulls();
    }

    @Test
    void instanceMayHaveNeitherVariantNorQuantization() {
        Instance plain = copy(copy(INSTANCE, "variant", null), "quantization", null);

        assertThat(instance(pass().listing(plain)))
                .extracting(InstanceStatus::variant, InstanceStatus::quantization)
                .containsOnlyNulls();
    }

    @Test
    void foundInstanceIsAdoptedAndHasNoTimeOfItsLoad() {
        History.Recorded found = new History.Recorded("qwen", 4096, Duration.ofMinutes(10), null);

        assertThat(instance(pass().history("recorded", found)))
                .extracting(InstanceStatus::adopted, InstanceStatus::loadedTime)
                .containsExactly(true, null);
    }

    /** The wall clock may have been set since. */
    @Test
    void timeOfTheLoadStaysAsItWasTold() {
        Pass reported = pass().reported("2026-01-01T11:58:30Z");

        assertThat(instance(reported).loadedTime()).isEqualTo("2026-01-01T11:58:30Z");
        assertThat(instance(reported.loaded()).loadedTime()).isEqualTo("2026-01-01T11:59:00Z");
    }

    @Test
    void timeOfTheLoadThatIsStillToComeIsCorrected() {
        assertThat(instance(pass().reported("2026-01-01T12:00:01Z")).loadedTime())
                .isEqualTo("2026-01-01T11:59:00Z");
        assertThat(instance(pass().reported("2026-01-01T12:00:00Z")).loadedTime())
                .isEqualTo("2026-01-01T12:00:00Z");
    }

    private static String ready(Pass pass) {
        return Objects.requireNonNull(status(pass).conditions()).getFirst().getReason();
    }

    private static InstanceStatus instance(Pass pass) {
        return Objects.requireNonNull(status(pass).instance());
    }

    private static ManagedModelStatus status(Pass pass) {
        return StatusFactory.status(pass.progression());
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

    /** An instance that the agent loaded one minute ago, and a reconciliation that plans an action. */
    private static Pass pass() {
        History history = new History(
                1,
                null,
                null,
                false,
                new History.Recorded("qwen", 4096, Duration.ofMinutes(10), LOADED),
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                null,
                Set.of(),
                History.Renewal.NONE);
        NodeContext nodeContext = new NodeContext(
                NOW, Instant.EPOCH, null, null, null, null, null, Instant.EPOCH, false, Duration.ZERO, null);
        PlanInput input =
                new PlanInput(Desired.of(model("retention: KeepLoaded")), listed(INSTANCE), history, nodeContext, NOW);
        return new Pass(
                ManagedModelStatus.UNOBSERVED, input, Reason.LOADING, ConditionStatus.FALSE, null, false, false);
    }

    private static ManagedModel model(String spec) {
        return Serialization.unmarshal("""
                metadata: {namespace: team, name: chat, generation: 1}
                spec: {model: qwen, %s}
                """.formatted(spec), ManagedModel.class);
    }

    private static Observation listed(Instance instance) {
        return new Observation(
                new Reading.Known<>(List.of(instance), NOW),
                new Reading.Known<>(List.of(), NOW),
                new Reading.Known<>(new ApiModelList(Set.of(), Set.of()), NOW));
    }

    private record Pass(
            ManagedModelStatus before,
            PlanInput input,
            Reason reason,
            ConditionStatus ready,
            @Nullable Failure found,
            boolean hasLoaded,
            boolean hasResult) {

        Pass before(String component, @Nullable Object value) {
            return copy(this, "before", copy(before, component, value));
        }

        Pass reported(String loadedTime) {
            return before(
                    "instance",
                    new InstanceStatus("chat", "qwen", 5L, 4096, null, null, 4, 600L, loadedTime, null, false));
        }

        Pass of(String spec) {
            return copy(this, "input", copy(input, "desired", Desired.of(model(spec))));
        }

        Pass listing(Instance instance) {
            return copy(this, "input", copy(input, "observation", listed(instance)));
        }

        Pass history(String component, Object value) {
            return copy(this, "input", copy(input, "history", copy(input.history(), component, value)));
        }

        Pass nodeContext(String component, Object value) {
            return copy(this, "input", copy(input, "nodeContext", copy(input.nodeContext(), component, value)));
        }

        Pass reason(ConditionStatus isReady, Reason why) {
            return copy(copy(this, "reason", why), "ready", isReady);
        }

        Pass found(Failure failure) {
            return copy(this, "found", failure);
        }

        Pass loaded() {
            return copy(this, "hasLoaded", true);
        }

        Pass ended() {
            return copy(this, "hasResult", true);
        }

        ManagedModelSyncer.Result progression() {
            ConditionSummary summary = new ConditionSummary(ready, ready, Progress.RECONCILING, reason, "It is so");
            Decision decision = new Decision(new Action.Wait(), summary, Optional.empty(), found, false);
            return new ManagedModelSyncer.Result(before, input, decision, 1, hasLoaded, hasResult, false);
        }
    }
}
