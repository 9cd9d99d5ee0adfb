package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.PlanInputs.NAME;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ago;
import static dev.lmstudiooperator.agent.plan.PlanInputs.busy;
import static dev.lmstudiooperator.agent.plan.PlanInputs.context;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.givenServed;
import static dev.lmstudiooperator.agent.plan.PlanInputs.identifier;
import static dev.lmstudiooperator.agent.plan.PlanInputs.in;
import static dev.lmstudiooperator.agent.plan.PlanInputs.instance;
import static dev.lmstudiooperator.agent.plan.PlanInputs.onDevice;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.PlanInputs;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Instance;
import org.junit.jupiter.api.Test;

/** Tests that an identifier is unique per node. */
class ConflictRulesTest {

    @Test
    void youngerClaimantYields() {
        Decision decision = given().olderOwner("team-a/chat").decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.IDENTIFIER_CONFLICT);
        assertThat(decision.summary().progress()).isEqualTo(Progress.STALLED);
        assertThat(decision.summary().message()).contains("team-a/chat");
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.FALSE);
        assertThat(decision.revisitAt()).isEmpty();
    }

    @Test
    void youngerClaimantChangesNothingThatIsLoaded() {
        Decision decision = given().loaded()
                .with(context(1))
                .load(2, null)
                .olderOwner("team-a/chat")
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.IDENTIFIER_CONFLICT);
    }

    @Test
    void youngerClaimantYieldsAlsoWhenLmStudioIsUnknown() {
        Decision decision =
                givenServed().lmStudioUnknown().olderOwner("team-a/chat").decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.IDENTIFIER_CONFLICT);
    }

    @Test
    void identifierOfALinkedDeviceIsLeftToIt() {
        Decision decision =
                given().besides(onDevice("laptop").apply(instance())).decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.IDENTIFIER_CONFLICT);
        assertThat(decision.summary().progress()).isEqualTo(Progress.STALLED);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void nothingIsUnloadedWhileALinkedDeviceServesTheSameIdentifier() {
        Decision decision = given().loaded()
                .with(context(1))
                .load(2, null)
                .besides(onDevice("laptop").apply(instance()))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.IDENTIFIER_CONFLICT);
    }

    @Test
    void otherIdentifiersOfALinkedDeviceDoNotMatter() {
        Decision decision = given().besides(
                        identifier("other").andThen(onDevice("laptop")).apply(instance()))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.RecordIntent());
    }

    private static final String COPY = NAME + ":2";

    @Test
    void ownSecondCopyIsUnloaded() {
        Decision decision = givenServed()
                .besides(copy())
                .ownCopies(COPY)
                .drainsSince(ago(1))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(new ModelOperation.Unload(COPY)));
        assertThat(decision.summary().reason()).isEqualTo(Reason.DUPLICATED);
        assertThat(decision.summary().ready()).isEqualTo(ConditionStatus.FALSE);
        assertThat(decision.summary().available()).isEqualTo(ConditionStatus.TRUE);
    }

    @Test
    void busySecondCopyIsDrained() {
        Decision decision = givenServed()
                .besides(busy().apply(copy()))
                .ownCopies(COPY)
                .drainsSince(ago(1))
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Wait());
        assertThat(decision.summary().reason()).isEqualTo(Reason.DRAINING);
    }

    @Test
    void secondCopyOfADeletedModelIsUnloadedBeforeTheRelease() {
        Decision decision = given().recorded(PlanInputs.recordedAt(ago(60)))
                .besides(copy())
                .ownCopies(COPY)
                .drainsSince(ago(1))
                .deleted()
                .decision();

        assertThat(decision.action()).isEqualTo(new Action.Execute(new ModelOperation.Unload(COPY)));
    }

    @Test
    void secondCopyDoesNotWaitForTheMemoryThatItHolds() {
        PlanInputs s = given().besides(copy()).ownCopies(COPY).drainsSince(ago(1));

        assertThat(s.failure(Reason.INSUFFICIENT_MEMORY, ago(1), in(29))
                        .decision()
                        .action())
                .isEqualTo(new Action.Execute(new ModelOperation.Unload(COPY)));
        assertThat(s.failure(Reason.LOAD_FAILED, ago(1), in(4)).decision().action())
                .isEqualTo(new Action.Execute(new ModelOperation.Unload(COPY)));
        assertThat(s.failure(Reason.UNLOAD_FAILED, ago(1), in(4)).decision().action())
                .isEqualTo(new Action.Wait());
    }

    @Test
    void copyOfAnotherClientStays() {
        assertThat(givenServed().besides(copy()).decision().summary().reason()).isEqualTo(Reason.VERIFIED);
    }

    private static Instance copy() {
        return identifier(COPY).apply(instance());
    }
}
