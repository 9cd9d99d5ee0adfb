package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.PlanInputs.REVISION;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ago;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ttlOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import org.junit.jupiter.api.Test;

/** Tests that a Temporary model stays unloaded after its permitted load. */
class ExpiryRulesTest {

    @Test
    void evictedTemporaryModelIsLeftEvicted() {
        Decision decision = given().temporary().begun(REVISION).done(REVISION).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.EXPIRED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.SETTLED);
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.TRUE);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.FALSE);
        assertThat(decision.revisitAt()).isEmpty();
    }

    @Test
    void temporaryModelWhoseLoadWasCutOffIsLoadedAgain() {
        Decision decision = given().temporary().begun(REVISION).decision();

        assertThat(decision.action())
                .isInstanceOf(Action.Execute.class)
                .extracting("mutation")
                .isInstanceOf(ModelOperation.Load.class);
    }

    @Test
    void temporaryModelIsLoadedForANewRevision() {
        Decision decision = given().temporary().begun("revision-0").decision();

        assertThat(decision.action()).isEqualTo(new Action.RecordIntent());
    }

    @Test
    void temporaryModelWhoseLoadFailedIsTriedAgain() {
        Decision decision = given().temporary()
                .begun(REVISION)
                .failure(Reason.LOAD_FAILED, ago(9), ago(4))
                .decision();

        assertThat(decision.action())
                .isInstanceOf(Action.Execute.class)
                .extracting("mutation")
                .isInstanceOf(ModelOperation.Load.class);
    }

    @Test
    void unhonoredSettingsAreNotTriedAgainWhenTheTtlHasRunOut() {
        Decision decision = given().begun(REVISION)
                .done(REVISION)
                .failure(Reason.SETTINGS_NOT_HONORED, ago(999), null)
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.SETTINGS_NOT_HONORED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.STALLED);
        assertThat(decision.revisitAt()).isEmpty();
        assertThat(decision.summary().message()).contains("It went wrong");
    }

    @Test
    void unhonoredSettingsOfATemporaryModelAreNotTriedAgain() {
        Decision decision = given().temporary()
                .begun(REVISION)
                .done(REVISION)
                .failure(Reason.SETTINGS_NOT_HONORED, ago(999), null)
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.SETTINGS_NOT_HONORED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.STALLED);
    }

    @Test
    void unhonoredSettingsAreTriedAgainForANewRevision() {
        Decision decision = given().begun("revision-0")
                .failure(Reason.SETTINGS_NOT_HONORED, ago(999), null)
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.RecordIntent());
    }

    @Test
    void unhonoredSettingsAreTriedAgainForANewIntent() {
        Decision decision = given().begun(REVISION)
                .failure(Reason.SETTINGS_NOT_HONORED, ago(999), null)
                .decision();

        assertThat(decision.action())
                .isInstanceOf(Action.Execute.class)
                .extracting("mutation")
                .isInstanceOf(ModelOperation.Load.class);
    }

    @Test
    void whatSomebodyElseLoadedAfterTheExpiryIsLeftAlone() {
        Decision decision = given().temporary()
                .loaded()
                .with(ttlOf(null))
                .begun(REVISION)
                .done(REVISION)
                .adopted()
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.EXPIRED);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.FALSE);
        assertThat(decision.summary().message()).contains("the TTL is none instead of 600 s");
    }

    @Test
    void whatSomebodyElseLoadedBeforeTheFirstLoadIsReloaded() {
        Decision decision =
                given().temporary().loaded().with(ttlOf(null)).adopted().decision();

        assertThat(decision.summary().reason()).isIn(Reason.DRIFTED, Reason.DRAINING);
    }

    @Test
    void ownInstanceThatDriftedIsReloadedAlsoWhenItIsTemporary() {
        Decision decision =
                given().temporary().loadedAt(ago(60)).with(ttlOf(null)).decision();

        assertThat(decision.summary().reason()).isIn(Reason.DRIFTED, Reason.DRAINING);
    }

    /** The cause can be a manual unload, a restart of LM Studio, or an agent that cancelled the running load. */
    @Test
    void nobodyPretendsToKnowWhatEndedTheInstance() {
        Decision decision = given().temporary().begun(REVISION).done(REVISION).decision();

        assertThat(decision.summary().reason()).isEqualTo(Reason.EXPIRED);
        assertThat(decision.summary().message()).contains("or by another client");
    }
}
