package dev.lmstudiooperator.agent.plan;

import static dev.lmstudiooperator.agent.plan.PlanInputs.ago;
import static dev.lmstudiooperator.agent.plan.PlanInputs.given;
import static dev.lmstudiooperator.agent.plan.PlanInputs.givenServed;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Tests the earliest start of an observation that counts for the next check. It is the latest of several times. */
class EvidenceTest {

    @Test
    void observationFromBeforeTheLoadHasSettledIsNoEvidence() {
        PlanInput settled = given().loadedAt(ago(5)).changedAt(ago(5)).input();

        assertThat(settled.evidenceSince()).isEqualTo(ago(3));
    }

    @Test
    void observationFromBeforeALaterChangeIsNoEvidence() {
        PlanInput changed = given().loadedAt(ago(60)).changedAt(ago(4)).input();

        assertThat(changed.evidenceSince()).isEqualTo(ago(4));
    }

    @Test
    void observationOfTheLastCheckIsNoNewEvidence() {
        PlanInput checked = givenServed().changedAt(ago(30)).input();

        assertThat(checked.evidenceSince()).isEqualTo(ago(10));
    }

    @Test
    void laterChangeInvalidatesTheObservationOfTheLastCheck() {
        PlanInput changed = givenServed().changedAt(ago(4)).input();

        assertThat(changed.evidenceSince()).isEqualTo(ago(4));
    }

    @Test
    void observationFromBeforeTheLeaseWasHeldIsNoEvidence() {
        PlanInput returned = givenServed().heldSince(ago(2)).input();

        assertThat(returned.evidenceSince()).isEqualTo(ago(2));
    }
}
