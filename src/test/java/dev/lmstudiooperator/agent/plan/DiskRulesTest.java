package dev.lmstudiooperator.agent.plan;

import static dev.lmstudiooperator.agent.plan.Situations.KEY;
import static dev.lmstudiooperator.agent.plan.Situations.given;
import static dev.lmstudiooperator.agent.plan.Situations.givenServed;
import static dev.lmstudiooperator.agent.plan.Situations.onDisk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.Truth;
import org.junit.jupiter.api.Test;

/** What is to be loaded must be on disk, before anything is unloaded for it. */
class DiskRulesTest {

    @Test
    void nothingIsLoadedWhileTheDownloadsAreUnknown() {
        Decision decision = given().intended().downloadsUnknown().decision();

        assertThat(decision.step()).isEqualTo(new Step.Rest());
        assertThat(decision.finding().reason()).isEqualTo(Reason.LM_STUDIO_UNREACHABLE);
        assertThat(decision.finding().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.finding().available()).isEqualTo(Truth.FALSE);
        assertThat(decision.finding().ready()).isEqualTo(Truth.UNKNOWN);
        assertThat(decision.revisitAt()).isEmpty();
    }

    @Test
    void modelThatIsNotOnDiskIsNotLoaded() {
        Decision decision = given().intended().downloads().decision();

        assertThat(decision.step()).isEqualTo(new Step.Rest());
        assertThat(decision.finding().reason()).isEqualTo(Reason.MODEL_NOT_FOUND);
        assertThat(decision.finding().progress()).isEqualTo(Progress.STALLED);
        assertThat(decision.finding().message()).contains("lms get");
        assertThat(decision.revisitAt()).isEmpty();
    }

    @Test
    void similarModelIsSuggestedAndNotLoaded() {
        Decision decision = given().intended()
                .downloads(onDisk("qwen/qwen3-8b-instruct", null))
                .decision();

        assertThat(decision.step()).isEqualTo(new Step.Rest());
        assertThat(decision.finding().reason()).isEqualTo(Reason.MODEL_NOT_FOUND);
        assertThat(decision.finding().message()).contains("qwen/qwen3-8b-instruct");
    }

    @Test
    void modelOfALinkedDeviceIsNotLoaded() {
        Decision decision = given().intended().downloads(onDisk(KEY, "laptop")).decision();

        assertThat(decision.step()).isEqualTo(new Step.Rest());
        assertThat(decision.finding().reason()).isEqualTo(Reason.MODEL_NOT_FOUND);
    }

    @Test
    void nothingIsUnloadedForAModelThatIsNotOnDisk() {
        Decision decision =
                givenServed().model("qwen/qwen3-14b").revision("revision-2").decision();

        assertThat(decision.step()).isEqualTo(new Step.Rest());
        assertThat(decision.finding().reason()).isEqualTo(Reason.MODEL_NOT_FOUND);
        assertThat(decision.finding().available()).isEqualTo(Truth.FALSE);
    }

    @Test
    void nothingIsReloadedFromAModelThatIsNoLongerOnDisk() {
        Decision decision = givenServed().revision("revision-2").downloads().decision();

        assertThat(decision.step()).isEqualTo(new Step.Rest());
        assertThat(decision.finding().reason()).isEqualTo(Reason.MODEL_NOT_FOUND);
        assertThat(decision.finding().available()).isEqualTo(Truth.TRUE);
    }

    @Test
    void loadedModelNeedsNoListOfDownloads() {
        assertThat(givenServed().downloadsUnknown().decision().finding().reason())
                .isEqualTo(Reason.VERIFIED);
        assertThat(givenServed().downloads().decision().finding().reason()).isEqualTo(Reason.VERIFIED);
    }
}
