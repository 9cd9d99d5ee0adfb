package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.Situations.KEY;
import static dev.lmstudiooperator.agent.plan.Situations.ago;
import static dev.lmstudiooperator.agent.plan.Situations.given;
import static dev.lmstudiooperator.agent.plan.Situations.givenServed;
import static dev.lmstudiooperator.agent.plan.Situations.in;
import static dev.lmstudiooperator.agent.plan.Situations.onDisk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Situations;
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

        assertThat(decision.step()).isEqualTo(DOWNLOAD);
        assertThat(decision.finding().reason()).isEqualTo(Reason.DOWNLOADING);
        assertThat(decision.finding().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.finding().ready()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void similarModelOnDiskIsNotTakenForIt() {
        assertThat(givenMissing()
                        .downloads(onDisk(KEY + "-instruct", null), onDisk(KEY, "laptop"))
                        .decision()
                        .step())
                .isEqualTo(DOWNLOAD);
    }

    @Test
    void modelOnDiskIsLoadedWithoutADownload() {
        assertThat(given().pulled().decision().step()).isEqualTo(new Action.RecordIntent());
    }

    @Test
    void nothingIsDownloadedForAModelThatIsServed() {
        assertThat(givenServed().pulled().downloads().decision().finding().reason())
                .isEqualTo(Reason.VERIFIED);
    }

    @Test
    void nothingIsDownloadedWhileTheModelsOnDiskAreUnknown() {
        assertThat(givenMissing().downloadsUnknown().decision().step()).isEqualTo(new Action.Wait());
    }

    @Test
    void whatIsLoadedStaysSoUntilItsSuccessorIsOnDisk() {
        Decision decision = givenServed()
                .pulled()
                .model("qwen/qwen3-14b")
                .revision("revision-2")
                .downloads(Situations.onDisk(KEY, null))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Download("qwen/qwen3-14b"));
        assertThat(decision.finding().available()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void expiredModelIsNotDownloadedAgain() {
        assertThat(givenMissing()
                        .temporary()
                        .begun(Situations.REVISION)
                        .done(Situations.REVISION)
                        .decision()
                        .finding()
                        .reason())
                .isEqualTo(Reason.EXPIRED);
    }

    @Test
    void whoWaitsForTheLaneSaysForWhom() {
        Decision decision = givenMissing().downloadTurnOf("team-a/chat").decision();

        assertThat(decision.step()).isEqualTo(DOWNLOAD);
        assertThat(decision.finding().reason()).isEqualTo(Reason.WAITING_FOR_TURN);
        assertThat(decision.finding().message()).contains("team-a/chat");
    }

    @Test
    void loadOfAnotherModelDelaysNoDownload() {
        assertThat(givenMissing().turnOf("team-a/chat").decision().finding().reason())
                .isEqualTo(Reason.DOWNLOADING);
    }

    @Test
    void runningDownloadTellsHowFarItIs() {
        Decision decision = givenMissing()
                .downloading(KEY, new DownloadProgress(37, 1_850_000_000L, 5_000_000_000L))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.DOWNLOADING);
        assertThat(decision.finding().message()).isEqualTo("Downloads qwen/qwen3-8b: 37 % of 5.0 GB");
    }

    @Test
    void runningDownloadTellsOnlyWhatIsKnownOfIt() {
        assertThat(givenMissing().downloading(KEY, null).decision().finding().message())
                .isEqualTo("Downloads qwen/qwen3-8b");
        assertThat(givenMissing()
                        .downloading(KEY, new DownloadProgress(37, null, null))
                        .decision()
                        .finding()
                        .message())
                .isEqualTo("Downloads qwen/qwen3-8b: 37 %");
    }

    @Test
    void runningDownloadIsWaitedForThoughItsModelIsNotListed() {
        assertThat(givenMissing()
                        .downloading(KEY, null)
                        .downloadsUnknown()
                        .decision()
                        .finding()
                        .reason())
                .isEqualTo(Reason.DOWNLOADING);
    }

    @Test
    void downloadOfAModelThatIsServedMeanwhileHidesNothing() {
        assertThat(givenServed()
                        .pulled()
                        .downloading(KEY, null)
                        .decision()
                        .finding()
                        .reason())
                .isEqualTo(Reason.VERIFIED);
    }

    @Test
    void downloadThatNobodyAsksForAnyMoreIsCancelled() {
        Situations running = givenMissing().downloading(KEY, null);

        assertThat(running.suspended().decision().step()).isEqualTo(CANCEL);
        assertThat(running.model("qwen/qwen3-14b").decision().step()).isEqualTo(CANCEL);
        assertThat(running.desired("pullPolicy", PullPolicy.NEVER).decision().step())
                .isEqualTo(CANCEL);
        assertThat(running.olderClaimant("team-a/older").decision().step()).isEqualTo(CANCEL);
        assertThat(running.loadedAt(ago(9)).deleted().decision().step()).isEqualTo(CANCEL);
        assertThat(running.decision().step()).isEqualTo(new Action.Wait());
    }

    @Test
    void deletionDoesNotWaitForADownload() {
        assertThat(givenMissing().downloading(KEY, null).deleted().decision().step())
                .isEqualTo(new Action.RemoveFinalizer());
    }

    @Test
    void brokenDownloadIsTriedAgainInAWhile() {
        Decision decision =
                givenMissing().failure(Reason.DOWNLOAD_FAILED, ago(1), in(4)).decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.DOWNLOAD_FAILED);
        assertThat(decision.finding().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.finding().message()).contains("Next attempt at " + in(4));
        assertThat(decision.revisitAt()).contains(in(4));
        assertThat(givenMissing()
                        .failure(Reason.DOWNLOAD_FAILED, ago(6), ago(1))
                        .decision()
                        .step())
                .isEqualTo(DOWNLOAD);
    }

    @Test
    void nameThatTheCatalogueDoesNotKnowIsAPersonsTurn() {
        Decision decision =
                givenMissing().failure(Reason.MODEL_NOT_FOUND, ago(1), in(299)).decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().progress()).isEqualTo(Progress.STALLED);
        assertThat(decision.revisitAt()).contains(in(299));
    }

    @Test
    void failedLoadDelaysNoDownload() {
        assertThat(givenMissing()
                        .failure(Reason.LOAD_FAILED, ago(1), in(4))
                        .decision()
                        .step())
                .isEqualTo(DOWNLOAD);
    }

    @Test
    void failedDownloadDelaysNoLoadOfAModelThatIsThereNow() {
        assertThat(given().pulled()
                        .failure(Reason.DISK_FULL, ago(1), in(299))
                        .decision()
                        .step())
                .isEqualTo(new Action.RecordIntent());
    }

    private static Situations givenMissing() {
        return given().pulled().downloads();
    }
}
