package dev.lmstudiooperator.agent.plan;

import static dev.lmstudiooperator.agent.plan.Situations.NAME;
import static dev.lmstudiooperator.agent.plan.Situations.TTL;
import static dev.lmstudiooperator.agent.plan.Situations.ago;
import static dev.lmstudiooperator.agent.plan.Situations.busy;
import static dev.lmstudiooperator.agent.plan.Situations.given;
import static dev.lmstudiooperator.agent.plan.Situations.givenServed;
import static dev.lmstudiooperator.agent.plan.Situations.identifier;
import static dev.lmstudiooperator.agent.plan.Situations.in;
import static dev.lmstudiooperator.agent.plan.Situations.instance;
import static dev.lmstudiooperator.agent.plan.Situations.onDevice;
import static dev.lmstudiooperator.agent.plan.Situations.ttlOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Instance;
import org.junit.jupiter.api.Test;

/** Tests that the agent unloads second copies that its own loads created. */
class DuplicateRulesTest {

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

    @Test
    void secondCopiesAreNumberedAndLoadedAsTheOperatorLoads() {
        Situations s = givenServed()
                .besides(
                        copy(),
                        identifier(NAME + ":10").apply(instance()),
                        identifier(NAME + ":x").apply(instance()),
                        identifier("other:2").apply(instance()),
                        ttlOf(null).apply(identifier(NAME + ":3").apply(instance())),
                        ttlOf(TTL.plusSeconds(1)).apply(identifier(NAME + ":4").apply(instance())),
                        onDevice("laptop").apply(identifier(NAME + ":5").apply(instance())));

        assertThat(DuplicateInstances.of(s.situation().desired(), s.situation().observation()))
                .containsExactlyInAnyOrder(COPY, NAME + ":10");
    }

    @Test
    void nothingIsKnownOfCopiesWhenLmStudioCannotBeLookedAt() {
        Situations s = givenServed().lmStudioUnknown();

        assertThat(DuplicateInstances.of(s.situation().desired(), s.situation().observation()))
                .isEmpty();
    }

    private static Instance copy() {
        return identifier(COPY).apply(instance());
    }
}
