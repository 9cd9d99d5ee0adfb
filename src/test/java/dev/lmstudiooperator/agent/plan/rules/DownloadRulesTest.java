package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.PlanInputs.KEY;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ago;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.givenServed;
import static dev.lmstudiooperator.agent.plan.PlanInputs.in;
import static dev.lmstudiooperator.agent.plan.PlanInputs.onDisk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.PlanInputs;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec.PullPolicy;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import org.junit.jupiter.api.Test;

/** Tests that a missing model is downloaded if the spec allows it. */
class DownloadRulesTest {

    private static final Action DOWNLOAD = new Action.Download(KEY);
    private static final Action CANCEL = new Action.CancelDownload();

    @Test
    void missingModelIsDownloadedByItsExactName() {
        Decision decision = givenMissing().decision();

        assertThat(decision.action()).isEqualTo(DOWNLOAD);
        assertThat(decision.summary().reason()).isEqualTo(Reason.DOWNLOADING);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void similarModelOnDiskIsNotTakenForIt() {
        assertThat(givenMissing()
                        .downloads(onDisk(KEY + "-instruct", null), onDisk(KEY, "laptop"))
                        .decision()
                        .action())
                .isEqualTo(DOWNLOAD);
    }

    @Test
    void modelOnDiskIsLoadedWithoutADownload() {
        assertThat(given().pulled().decision().action()).isEqualTo(new Action.RecordIntent());
    }

    @Test
    void nothingIsDownloadedForAModelThatIsServed() {
        assertThat(givenServed().pulled().downloads().decision().summary().reason())
                .isEqualTo(Reason.VERIFIED);
    }

    @Test
    void nothingIsDownloadedWhileTheModelsOnDiskAreUnknown() {
        assertThat(givenMissing().downloadsUnknown().decision().action()).isEqualTo(new Action.Wait());
    }

    @Test
    void whatIsLoadedStaysSoUntilItsSuccessorIsOnDisk() {
        Decision decision = givenServed()
                .pulled()
                .model("qwen/qwen3-14b")
                .revision("revision-2")
                .downloads(PlanInputs.onDisk(KEY, null))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Download("qwen/qwen3-14b"));
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void expiredModelIsNotDownloadedAgain() {
        assertThat(givenMissing()
                        .temporary()
                        .begun(PlanInputs.REVISION)
                        .done(PlanInputs.REVISION)
                        .decision()
                        .summary()
                        .reason())
                .isEqualTo(Reason.EXPIRED);
    }

    @Test
    void waitForTheSlotNamesItsHolder() {
        Decision decision = givenMissing().downloadSlotHolder("team-a/chat").decision();

        assertThat(decision.action()).isEqualTo(DOWNLOAD);
        assertThat(decision.summary().reason()).isEqualTo(Reason.WAITING_FOR_TURN);
        assertThat(decision.summary().message()).contains("team-a/chat");
    }

    @Test
    void loadOfAnotherModelDelaysNoDownload() {
        assertThat(givenMissing().slotHolder("team-a/chat").decision().summary().reason())
                .isEqualTo(Reason.DOWNLOADING);
    }

    @Test
    void runningDownloadReportsItsProgress() {
        Decision decision = givenMissing()
                .downloading(KEY, new DownloadProgress(37, 1_850_000_000L, 5_000_000_000L))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.DOWNLOADING);
        assertThat(decision.summary().message()).isEqualTo("Downloads qwen/qwen3-8b: 37 % of 5.0 GB");
    }

    @Test
    void runningDownloadReportsOnlyKnownValues() {
        assertThat(givenMissing().downloading(KEY, null).decision().summary().message())
                .isEqualTo("Downloads qwen/qwen3-8b");
        assertThat(givenMissing()
                        .downloading(KEY, new DownloadProgress(37, null, null))
                        .decision()
                        .summary()
                        .message())
                .isEqualTo("Downloads qwen/qwen3-8b: 37 %");
    }

    @Test
    void runningDownloadIsWaitedForThoughItsModelIsNotListed() {
        assertThat(givenMissing()
                        .downloading(KEY, null)
                        .downloadsUnknown()
                        .decision()
                        .summary()
                        .reason())
                .isEqualTo(Reason.DOWNLOADING);
    }

    @Test
    void downloadOfAModelThatIsServedMeanwhileHidesNothing() {
        assertThat(givenServed()
                        .pulled()
                        .downloading(KEY, null)
                        .decision()
                        .summary()
                        .reason())
                .isEqualTo(Reason.VERIFIED);
    }

    @Test
    void downloadThatIsNoLongerRequestedIsCancelled() {
        PlanInputs running = givenMissing().downloading(KEY, null);

        assertThat(running.suspended().decision().action()).isEqualTo(CANCEL);
        assertThat(running.model("qwen/qwen3-14b").decision().action()).isEqualTo(CANCEL);
        assertThat(running.desired("pullPolicy", PullPolicy.NEVER).decision().action())
                .isEqualTo(CANCEL);
        assertThat(running.olderOwner("team-a/older").decision().action()).isEqualTo(CANCEL);
        assertThat(running.loadedAt(ago(9)).deleted().decision().action()).isEqualTo(CANCEL);
        assertThat(running.decision().action()).isEqualTo(new Action.Wait());
    }

    @Test
    void deletionDoesNotWaitForADownload() {
        assertThat(givenMissing().downloading(KEY, null).deleted().decision().action())
                .isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void brokenDownloadIsTriedAgainInAWhile() {
        Decision decision =
                givenMissing().failure(Reason.DOWNLOAD_FAILED, ago(1), in(4)).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.DOWNLOAD_FAILED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.summary().message()).contains("Next attempt at " + in(4));
        assertThat(decision.revisitAt()).contains(in(4));
        assertThat(givenMissing()
                        .failure(Reason.DOWNLOAD_FAILED, ago(6), ago(1))
                        .decision()
                        .action())
                .isEqualTo(DOWNLOAD);
    }

    @Test
    void nameThatTheCatalogueDoesNotKnowRequiresManualIntervention() {
        Decision decision =
                givenMissing().failure(Reason.MODEL_NOT_FOUND, ago(1), in(299)).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().progress()).isEqualTo(Progress.STALLED);
        assertThat(decision.revisitAt()).contains(in(299));
    }

    @Test
    void failedLoadDelaysNoDownload() {
        assertThat(givenMissing()
                        .failure(Reason.LOAD_FAILED, ago(1), in(4))
                        .decision()
                        .action())
                .isEqualTo(DOWNLOAD);
    }

    @Test
    void failedDownloadDelaysNoLoadOfAModelThatIsThereNow() {
        assertThat(given().pulled()
                        .failure(Reason.DISK_FULL, ago(1), in(299))
                        .decision()
                        .action())
                .isEqualTo(new Action.RecordIntent());
    }

    private static PlanInputs givenMissing() {
        return given().pulled().downloads();
    }
}
