package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.PlanInputs.REVISION;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ago;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ttlOf;
import static dev.lmstudiooperator.agent.plan.rules.DecisionAssertions.assertLoads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.PlanInputs;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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

    @ParameterizedTest
    @MethodSource
    void begunLoadThatHasNotSucceededIsRetried(PlanInputs begun) {
        assertLoads(begun.decision());
    }

    static Stream<Arguments> begunLoadThatHasNotSucceededIsRetried() {
        PlanInputs temporary = given().temporary().begun(REVISION);
        return Stream.of(
                argumentSet("interrupted Temporary model", temporary),
                argumentSet("failed Temporary model", temporary.failure(Reason.LOAD_FAILED, ago(9), ago(4))),
                argumentSet(
                        "settings of an earlier load not honored",
                        given().begun(REVISION).failure(Reason.SETTINGS_NOT_HONORED, ago(999), null)));
    }

    @ParameterizedTest
    @MethodSource
    void unhonoredSettingsAreNotRetriedAfterTheTtlHasExpired(PlanInputs loaded) {
        Decision decision = loaded.done(REVISION)
                .failure(Reason.SETTINGS_NOT_HONORED, ago(999), null)
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.SETTINGS_NOT_HONORED);
        assertThat(decision.summary().progress()).isEqualTo(Progress.STALLED);
        assertThat(decision.revisitAt()).isEmpty();
        assertThat(decision.summary().message()).contains("It went wrong");
    }

    static Stream<Arguments> unhonoredSettingsAreNotRetriedAfterTheTtlHasExpired() {
        PlanInputs begun = given().begun(REVISION);
        return Stream.of(argumentSet("KeepLoaded model", begun), argumentSet("Temporary model", begun.temporary()));
    }

    @ParameterizedTest
    @MethodSource
    void newRevisionIsLoaded(PlanInputs loadedBefore) {
        assertThat(loadedBefore.decision().action()).isEqualTo(new Action.RecordIntent());
    }

    static Stream<Arguments> newRevisionIsLoaded() {
        PlanInputs before = given().begun("revision-0");
        return Stream.of(
                argumentSet("Temporary model", before.temporary()),
                argumentSet(
                        "settings of the old revision not honored",
                        before.failure(Reason.SETTINGS_NOT_HONORED, ago(999), null)));
    }

    @Test
    void instanceOfAnotherClientAfterTheExpiryIsLeftAlone() {
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
    void instanceOfAnotherClientBeforeTheFirstLoadIsReloaded() {
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
    void messageNamesBothPossibleCausesOfTheExpiry() {
        Decision decision = given().temporary().begun(REVISION).done(REVISION).decision();

        assertThat(decision.summary().reason()).isEqualTo(Reason.EXPIRED);
        assertThat(decision.summary().message()).contains("or by another client");
    }
}
