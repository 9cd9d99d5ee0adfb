package dev.lmstudiooperator.agent.plan;

import static dev.lmstudiooperator.agent.plan.Situations.KEY;
import static dev.lmstudiooperator.agent.plan.Situations.NAME;
import static dev.lmstudiooperator.agent.plan.Situations.NOW;
import static dev.lmstudiooperator.agent.plan.Situations.REVISION;
import static dev.lmstudiooperator.agent.plan.Situations.TTL;
import static dev.lmstudiooperator.agent.plan.Situations.ago;
import static dev.lmstudiooperator.agent.plan.Situations.given;
import static dev.lmstudiooperator.agent.plan.Situations.identifier;
import static dev.lmstudiooperator.agent.plan.Situations.in;
import static dev.lmstudiooperator.agent.plan.Situations.instance;
import static dev.lmstudiooperator.agent.plan.Situations.onDisk;
import static dev.lmstudiooperator.agent.plan.Situations.recordedAt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import org.junit.jupiter.api.Test;

/** What is not loaded is loaded, if it may be and can be. */
class AbsenceRulesTest {

    @Test
    void intentIsWrittenBeforeTheLoad() {
        Decision decision = given().decision();

        assertThat(decision.step()).isEqualTo(new Step.RecordIntent());
        assertThat(decision.finding().reason()).isEqualTo(Reason.LOADING);
        assertThat(decision.finding().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.finding().message()).contains("Loads " + KEY);
    }

    @Test
    void writtenIntentIsCarriedOut() {
        Decision decision = given().intended().decision();

        assertThat(decision.step())
                .isInstanceOf(Step.Mutate.class)
                .extracting("mutation")
                .isInstanceOf(Mutation.Load.class);
        assertThat(decision.finding().message()).contains("Loads " + KEY);
    }

    @Test
    void loadAsksForExactlyWhatTheSpecSays() {
        Decision decision = given().load(8192, 2).intended().decision();

        assertThat(decision.step())
                .isEqualTo(
                        new Step.Mutate(new Mutation.Load(new LoadRequest(KEY, NAME, TTL, 8192, null, 2), REVISION)));
    }

    @Test
    void evictedModelIsLoadedAgain() {
        Decision decision =
                given().begun(REVISION).recorded(recordedAt(ago(60))).decision();

        assertThat(decision.step())
                .isInstanceOf(Step.Mutate.class)
                .extracting("mutation")
                .isInstanceOf(Mutation.Load.class);
        assertThat(decision.finding().message()).contains("Was evicted");
    }

    @Test
    void modelWhoseLoadWasInterruptedIsLoadedAgain() {
        Decision decision = given().begun(REVISION).decision();

        assertThat(decision.step())
                .isInstanceOf(Step.Mutate.class)
                .extracting("mutation")
                .isInstanceOf(Mutation.Load.class);
        assertThat(decision.finding().message()).contains("Loads");
    }

    @Test
    void newRevisionIsNotCalledAnEviction() {
        Decision decision =
                given().begun("revision-0").recorded(recordedAt(ago(60))).decision();

        assertThat(decision.step()).isEqualTo(new Step.RecordIntent());
        assertThat(decision.finding().message()).contains("Loads");
    }

    @Test
    void evictedTemporaryModelIsLeftEvicted() {
        Decision decision = given().temporary().begun(REVISION).decision();

        assertThat(decision.step()).isEqualTo(new Step.Rest());
        assertThat(decision.finding().reason()).isEqualTo(Reason.EXPIRED);
        assertThat(decision.finding().progress()).isEqualTo(Progress.SETTLED);
        assertThat(decision.finding().ready()).isEqualTo(Truth.TRUE);
        assertThat(decision.finding().available()).isEqualTo(Truth.FALSE);
        assertThat(decision.revisitAt()).isEmpty();
    }

    @Test
    void temporaryModelIsLoadedForANewRevision() {
        Decision decision = given().temporary().begun("revision-0").decision();

        assertThat(decision.step()).isEqualTo(new Step.RecordIntent());
    }

    @Test
    void temporaryModelIsLoadedForTheIntentOfThisProcess() {
        Decision decision = given().temporary().intended().decision();

        assertThat(decision.step())
                .isInstanceOf(Step.Mutate.class)
                .extracting("mutation")
                .isInstanceOf(Mutation.Load.class);
    }

    @Test
    void temporaryModelWhoseLoadFailedIsTriedAgain() {
        Decision decision = given().temporary()
                .begun(REVISION)
                .failure(Reason.LOAD_FAILED, ago(9), ago(4))
                .decision();

        assertThat(decision.step())
                .isInstanceOf(Step.Mutate.class)
                .extracting("mutation")
                .isInstanceOf(Mutation.Load.class);
    }

    @Test
    void intentIsNotWrittenBeforeTheTurn() {
        Decision decision = given().temporary().turnOf("team-a/chat").decision();

        assertThat(decision.step()).isInstanceOf(Step.AwaitTurn.class);
        assertThat(decision.finding().reason()).isEqualTo(Reason.WAITING_FOR_TURN);
    }

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
    void failedLoadIsNotTriedAgainAtOnce() {
        Decision decision = given().begun(REVISION)
                .failure(Reason.INSUFFICIENT_MEMORY, ago(3), in(2))
                .decision();

        assertThat(decision.step()).isEqualTo(new Step.Rest());
        assertThat(decision.finding().reason()).isEqualTo(Reason.INSUFFICIENT_MEMORY);
        assertThat(decision.finding().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.revisitAt()).contains(in(2));
        assertThat(decision.finding().message()).contains("Next attempt at " + in(2));
        assertThat(decision.finding().available()).isEqualTo(Truth.FALSE);
    }

    @Test
    void failedLoadIsTriedAgainWhenItsTimeHasCome() {
        Decision decision = given().begun(REVISION)
                .failure(Reason.INSUFFICIENT_MEMORY, ago(5), NOW)
                .decision();

        assertThat(decision.step())
                .isInstanceOf(Step.Mutate.class)
                .extracting("mutation")
                .isInstanceOf(Mutation.Load.class);
    }

    @Test
    void unhonoredSettingsAreNotTriedAgainWhenTheTtlHasRunOut() {
        Decision decision = given().begun(REVISION)
                .failure(Reason.SETTINGS_NOT_HONORED, ago(999), null)
                .decision();

        assertThat(decision.step()).isEqualTo(new Step.Rest());
        assertThat(decision.finding().reason()).isEqualTo(Reason.SETTINGS_NOT_HONORED);
        assertThat(decision.finding().progress()).isEqualTo(Progress.STALLED);
        assertThat(decision.revisitAt()).isEmpty();
        assertThat(decision.finding().message()).contains("It went wrong");
    }

    @Test
    void unhonoredSettingsOfATemporaryModelAreNotTriedAgain() {
        Decision decision = given().temporary()
                .begun(REVISION)
                .failure(Reason.SETTINGS_NOT_HONORED, ago(999), null)
                .decision();

        assertThat(decision.step()).isEqualTo(new Step.Rest());
        assertThat(decision.finding().reason()).isEqualTo(Reason.SETTINGS_NOT_HONORED);
        assertThat(decision.finding().progress()).isEqualTo(Progress.STALLED);
    }

    @Test
    void unhonoredSettingsAreTriedAgainForANewRevision() {
        Decision decision = given().begun("revision-0")
                .failure(Reason.SETTINGS_NOT_HONORED, ago(999), null)
                .decision();

        assertThat(decision.step()).isEqualTo(new Step.RecordIntent());
    }

    @Test
    void unhonoredSettingsAreTriedAgainForANewIntent() {
        Decision decision = given().intended()
                .failure(Reason.SETTINGS_NOT_HONORED, ago(999), null)
                .decision();

        assertThat(decision.step())
                .isInstanceOf(Step.Mutate.class)
                .extracting("mutation")
                .isInstanceOf(Mutation.Load.class);
    }

    @Test
    void strangersDoNotCount() {
        Decision decision =
                given().besides(identifier("other").apply(instance())).decision();

        assertThat(decision.step()).isEqualTo(new Step.RecordIntent());
    }
}
