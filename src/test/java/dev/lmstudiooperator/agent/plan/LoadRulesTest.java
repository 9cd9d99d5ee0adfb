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
import static dev.lmstudiooperator.agent.plan.Situations.recordedAt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import org.junit.jupiter.api.Test;

/** Tests that a missing instance is loaded if this is permitted and possible. */
class LoadRulesTest {

    @Test
    void intentIsWrittenBeforeTheLoad() {
        Decision decision = given().decision();

        assertThat(decision.step()).isEqualTo(new Action.RecordIntent());
        assertThat(decision.finding().reason()).isEqualTo(Reason.LOADING);
        assertThat(decision.finding().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.finding().message()).contains("Loading " + KEY);
    }

    @Test
    void writtenIntentIsCarriedOut() {
        Decision decision = given().begun(REVISION).decision();

        assertThat(decision.step())
                .isInstanceOf(Action.Mutate.class)
                .extracting("mutation")
                .isInstanceOf(ModelOperation.Load.class);
        assertThat(decision.finding().message()).contains("Loading " + KEY);
    }

    @Test
    void loadAsksForExactlyWhatTheSpecSays() {
        Decision decision = given().load(8192, 2).begun(REVISION).decision();

        assertThat(decision.step())
                .isEqualTo(new Action.Mutate(new ModelOperation.Load(
                        new LoadRequest(KEY, NAME, TTL, 8192, null, 2, "path/of/" + KEY), REVISION)));
    }

    @Test
    void evictedModelIsLoadedAgain() {
        Decision decision = given().begun(REVISION)
                .done(REVISION)
                .recorded(recordedAt(ago(60)))
                .decision();

        assertThat(decision.step())
                .isInstanceOf(Action.Mutate.class)
                .extracting("mutation")
                .isInstanceOf(ModelOperation.Load.class);
        assertThat(decision.finding().message()).contains("Model was evicted");
    }

    @Test
    void modelWhoseLoadWasInterruptedIsLoadedAgain() {
        Decision decision = given().begun(REVISION).decision();

        assertThat(decision.step())
                .isInstanceOf(Action.Mutate.class)
                .extracting("mutation")
                .isInstanceOf(ModelOperation.Load.class);
        assertThat(decision.finding().message()).contains("Loading");
    }

    @Test
    void newRevisionIsNotCalledAnEviction() {
        Decision decision =
                given().begun("revision-0").recorded(recordedAt(ago(60))).decision();

        assertThat(decision.step()).isEqualTo(new Action.RecordIntent());
        assertThat(decision.finding().message()).contains("Loading");
    }

    @Test
    void intentIsNotWrittenBeforeTheTurn() {
        Decision decision = given().temporary().turnOf("team-a/chat").decision();

        assertThat(decision.step()).isInstanceOf(Action.Enqueue.class);
        assertThat(decision.finding().reason()).isEqualTo(Reason.WAITING_FOR_TURN);
    }

    @Test
    void failedLoadIsNotTriedAgainAtOnce() {
        Decision decision = given().begun(REVISION)
                .failure(Reason.LOAD_FAILED, ago(3), in(2))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.LOAD_FAILED);
        assertThat(decision.finding().progress()).isEqualTo(Progress.RECONCILING);
        assertThat(decision.revisitAt()).contains(in(2));
        assertThat(decision.finding().message()).contains("Next attempt at " + in(2));
        assertThat(decision.finding().available()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void failedLoadIsTriedAgainWhenItsTimeHasCome() {
        Decision decision =
                given().begun(REVISION).failure(Reason.LOAD_FAILED, ago(5), NOW).decision();

        assertThat(decision.step())
                .isInstanceOf(Action.Mutate.class)
                .extracting("mutation")
                .isInstanceOf(ModelOperation.Load.class);
    }

    @Test
    void strangersDoNotCount() {
        Decision decision =
                given().besides(identifier("other").apply(instance())).decision();

        assertThat(decision.step()).isEqualTo(new Action.RecordIntent());
    }
}
