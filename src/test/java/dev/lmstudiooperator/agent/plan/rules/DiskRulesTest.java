package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.PlanInputs.KEY;
import static dev.lmstudiooperator.agent.plan.PlanInputs.NOW;
import static dev.lmstudiooperator.agent.plan.PlanInputs.REVISION;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ago;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.givenServed;
import static dev.lmstudiooperator.agent.plan.PlanInputs.in;
import static dev.lmstudiooperator.agent.plan.PlanInputs.onDisk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.Copies;
import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.PlanInputs;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Tests that a model must be on disk before an instance is unloaded for it. */
class DiskRulesTest {

    @Test
    void nothingIsLoadedWhileTheDownloadsAreUnknown() {
        Decision decision = given().begun(REVISION).downloadsUnknown().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.FALSE);
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.UNKNOWN);
        assertThat(decision.revisitAt()).isEmpty();
    }

    @Test
    void modelThatIsNotOnDiskIsNotLoaded() {
        Decision decision = given().begun(REVISION).downloads().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.MODEL_NOT_FOUND);
        assertThat(decision.summary().progress()).isEqualTo(Progress.STALLED);
        assertThat(decision.summary().message()).contains("lms get");
    }

    @Test
    void oneListThatLacksTheModelIsNotTheTruth() {
        Decision decision = given().begun(REVISION).downloadsSince(NOW).decision();

        assertThat(decision.action()).isEqualTo(new Action.RefreshInventory());
        assertThat(decision.summary().reason()).isEqualTo(Reason.OBSERVING);
        assertThat(decision.summary().progress()).isEqualTo(Progress.RECONCILING);
    }

    @Test
    void listFromBeforeTheModelWasAskedForIsNotTheTruth() {
        PlanInputs old = given().downloads();

        assertThat(old.observedGeneration(-1).decision().action()).isEqualTo(new Action.RefreshInventory());
        assertThat(old.differsSince(in(1)).decision().action()).isEqualTo(new Action.RefreshInventory());
        assertThat(old.differsSince(NOW).decision().summary().reason()).isEqualTo(Reason.MODEL_NOT_FOUND);
    }

    @Test
    void missingModelIsSearchedForWithBackoff() {
        assertThat(revisit(ago(1))).isEqualTo(in(1));
        assertThat(revisit(ago(60))).isEqualTo(in(60));
        assertThat(revisit(ago(86_400))).isEqualTo(in(600));
    }

    @Test
    void modelThatTheApiListsMayBeIndexedYet() {
        assertThat(given().begun(REVISION)
                        .downloadsSince(ago(119))
                        .decision()
                        .summary()
                        .reason())
                .isEqualTo(Reason.OBSERVING);
        assertThat(given().begun(REVISION)
                        .downloadsSince(ago(120))
                        .decision()
                        .summary()
                        .reason())
                .isEqualTo(Reason.MODEL_NOT_FOUND);
    }

    @Test
    void nothingIsDownloadedOnTheWordOfOneList() {
        assertThat(given().pulled().downloadsSince(NOW).decision().action()).isEqualTo(new Action.RefreshInventory());
    }

    @Test
    void modelThatCannotBeLoadedIsNotLoaded() {
        Decision clip = given().begun(REVISION)
                .downloads(Copies.copy(onDisk(KEY, null), "architecture", "openclip"))
                .decision();
        Decision onnx = given().begun(REVISION)
                .downloads(Copies.copy(onDisk(KEY, null), "format", "onnx"))
                .decision();

        assertThat(clip.summary().reason()).isEqualTo(Reason.MODEL_NOT_LOADABLE);
        assertThat(clip.summary().message()).contains("the architecture openclip, which lms load skips");
        assertThat(onnx.summary().reason()).isEqualTo(Reason.MODEL_NOT_LOADABLE);
        assertThat(onnx.summary().message()).contains("the format onnx");
        assertThat(onnx.summary().progress()).isEqualTo(Progress.STALLED);
    }

    @Test
    void loadableModelOfTheSameKeyIsLoaded() {
        Decision decision = given().begun(REVISION)
                .downloads(Copies.copy(onDisk(KEY, null), "architecture", "clip"), onDisk(KEY, null))
                .decision();

        assertThat(decision.action()).isInstanceOf(Action.Execute.class);
    }

    private static Instant revisit(Instant since) {
        return given().begun(REVISION)
                .apiLists(NOW)
                .history("isProbing", false)
                .downloadsSince(since)
                .decision()
                .revisitAt()
                .orElseThrow();
    }

    @Test
    void similarModelIsSuggestedAndNotLoaded() {
        Decision decision = given().begun(REVISION)
                .downloads(onDisk("qwen/qwen3-8b-instruct", null))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.MODEL_NOT_FOUND);
        assertThat(decision.summary().message()).contains("qwen/qwen3-8b-instruct");
    }

    @Test
    void modelOfALinkedDeviceIsNotLoaded() {
        Decision decision =
                given().begun(REVISION).downloads(onDisk(KEY, "laptop")).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.MODEL_NOT_FOUND);
    }

    @Test
    void nothingIsUnloadedForAModelThatIsNotOnDisk() {
        Decision decision = givenServed()
                .model("qwen/qwen3-14b")
                .revision("revision-2")
                .downloads(onDisk(KEY, null))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.MODEL_NOT_FOUND);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void nothingIsReloadedFromAModelThatIsNoLongerOnDisk() {
        Decision decision = givenServed().revision("revision-2").downloads().decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.MODEL_NOT_FOUND);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.TRUE);
    }

    @Test
    void loadedModelNeedsNoListOfDownloads() {
        assertThat(givenServed().downloadsUnknown().decision().summary().reason())
                .isEqualTo(Reason.VERIFIED);
        assertThat(givenServed().downloads().decision().summary().reason()).isEqualTo(Reason.VERIFIED);
    }
}
