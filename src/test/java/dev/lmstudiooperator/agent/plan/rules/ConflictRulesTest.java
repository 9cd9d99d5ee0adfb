package dev.lmstudiooperator.agent.plan.rules;

import static dev.lmstudiooperator.agent.plan.Situations.NAME;
import static dev.lmstudiooperator.agent.plan.Situations.ago;
import static dev.lmstudiooperator.agent.plan.Situations.busy;
import static dev.lmstudiooperator.agent.plan.Situations.context;
import static dev.lmstudiooperator.agent.plan.Situations.given;
import static dev.lmstudiooperator.agent.plan.Situations.givenServed;
import static dev.lmstudiooperator.agent.plan.Situations.identifier;
import static dev.lmstudiooperator.agent.plan.Situations.in;
import static dev.lmstudiooperator.agent.plan.Situations.instance;
import static dev.lmstudiooperator.agent.plan.Situations.onDevice;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Situations;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Instance;
import org.junit.jupiter.api.Test;

/** Tests that an identifier is unique per node. */
class ConflictRulesTest {

    @Test
    void youngerClaimantYields() {
        Decision decision = given().olderClaimant("team-a/chat").decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.IDENTIFIER_CONFLICT);
        assertThat(decision.finding().progress()).isEqualTo(Progress.STALLED);
        assertThat(decision.finding().message()).contains("team-a/chat");
        assertThat(decision.finding().available()).isEqualTo(ConditionStatus.FALSE);
        assertThat(decision.revisitAt()).isEmpty();
    }

    @Test
    void youngerClaimantChangesNothingThatIsLoaded() {
        Decision decision = given().loaded()
                .with(context(1))
                .load(2, null)
                .olderClaimant("team-a/chat")
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.IDENTIFIER_CONFLICT);
    }

    @Test
    void youngerClaimantYieldsAlsoWhenLmStudioIsUnknown() {
        Decision decision =
                givenServed().lmStudioUnknown().olderClaimant("team-a/chat").decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.IDENTIFIER_CONFLICT);
    }

    @Test
    void identifierOfALinkedDeviceIsLeftToIt() {
        Decision decision =
                given().besides(onDevice("laptop").apply(instance())).decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.IDENTIFIER_CONFLICT);
        assertThat(decision.finding().progress()).isEqualTo(Progress.STALLED);
        assertThat(decision.finding().available()).isEqualTo(ConditionStatus.FALSE);
    }

    @Test
    void nothingIsUnloadedWhileALinkedDeviceServesTheSameIdentifier() {
        Decision decision = given().loaded()
                .with(context(1))
                .load(2, null)
                .besides(onDevice("laptop").apply(instance()))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.IDENTIFIER_CONFLICT);
    }

    @Test
    void otherIdentifiersOfALinkedDeviceDoNotMatter() {
        Decision decision = given().besides(
                        identifier("other").andThen(onDevice("laptop")).apply(instance()))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.RecordIntent());
    }

    private static final String COPY = NAME + ":2";

    @Test
    void ownSecondCopyIsUnloaded() {
        Decision decision = givenServed()
                .besides(copy())
                .ownCopies(COPY)
                .drainsSince(ago(1))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Mutate(new ModelOperation.Unload(COPY)));
        assertThat(decision.finding().reason()).isEqualTo(Reason.DUPLICATED);
        assertThat(decision.finding().ready()).isEqualTo(ConditionStatus.FALSE);
        assertThat(decision.finding().available()).isEqualTo(ConditionStatus.TRUE);
    }

    @Test
    void busySecondCopyIsDrained() {
        Decision decision = givenServed()
                .besides(busy().apply(copy()))
                .ownCopies(COPY)
                .drainsSince(ago(1))
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Wait());
        assertThat(decision.finding().reason()).isEqualTo(Reason.DRAINING);
    }

    @Test
    void secondCopyOfADeletedModelIsUnloadedBeforeItIsLetGo() {
        Decision decision = given().recorded(Situations.recordedAt(ago(60)))
                .besides(copy())
                .ownCopies(COPY)
                .drainsSince(ago(1))
                .deleted()
                .decision();

        assertThat(decision.step()).isEqualTo(new Action.Mutate(new ModelOperation.Unload(COPY)));
    }

    @Test
    void secondCopyDoesNotWaitForTheMemoryThatItHolds() {
        Situations s = given().besides(copy()).ownCopies(COPY).drainsSince(ago(1));

        assertThat(s.failure(Reason.INSUFFICIENT_MEMORY, ago(1), in(29))
                        .decision()
                        .step())
                .isEqualTo(new Action.Mutate(new ModelOperation.Unload(COPY)));
        assertThat(s.failure(Reason.LOAD_FAILED, ago(1), in(4)).decision().step())
                .isEqualTo(new Action.Mutate(new ModelOperation.Unload(COPY)));
        assertThat(s.failure(Reason.UNLOAD_FAILED, ago(1), in(4)).decision().step())
                .isEqualTo(new Action.Wait());
    }

    @Test
    void copyThatSomebodyElseMadeStays() {
        assertThat(givenServed().besides(copy()).decision().finding().reason()).isEqualTo(Reason.VERIFIED);
    }

    private static Instance copy() {
        return identifier(COPY).apply(instance());
    }
}
