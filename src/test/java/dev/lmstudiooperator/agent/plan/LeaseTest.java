package dev.lmstudiooperator.agent.plan;

import static dev.lmstudiooperator.agent.plan.Situations.NOW;
import static dev.lmstudiooperator.agent.plan.Situations.ago;
import static dev.lmstudiooperator.agent.plan.Situations.busy;
import static dev.lmstudiooperator.agent.plan.Situations.given;
import static dev.lmstudiooperator.agent.plan.Situations.in;
import static dev.lmstudiooperator.agent.plan.Situations.instance;
import static dev.lmstudiooperator.agent.plan.Situations.usedAt;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The TTL of a model that is kept loaded is a lease. */
class LeaseTest {

    @Test
    void dueAfterTwoFifthsOfTheTtlSinceTheLastUse() {
        assertThat(Lease.renewalDueAt(
                        given().loadedAt(ago(600)).situation(), usedAt(ago(100)).apply(instance())))
                .isEqualTo(in(140));
    }

    @Test
    void dueAfterTwoFifthsOfTheTtlSinceTheLoad() {
        assertThat(Lease.renewalDueAt(
                        given().loadedAt(ago(60)).situation(), usedAt(ago(100)).apply(instance())))
                .isEqualTo(in(180));
    }

    @Test
    void neverUsedInstanceCountsFromItsLoad() {
        assertThat(Lease.renewalDueAt(given().loadedAt(ago(60)).situation(), instance()))
                .isEqualTo(in(180));
    }

    @Test
    void adoptedInstanceCountsFromItsLastUse() {
        assertThat(Lease.renewalDueAt(
                        given().adopted().situation(), usedAt(ago(100)).apply(instance())))
                .isEqualTo(in(140));
    }

    @Test
    void adoptedInstanceThatWasNeverUsedIsDueAtOnce() {
        assertThat(Lease.renewalDueAt(given().adopted().situation(), instance()))
                .isEqualTo(Instant.MIN);
    }

    @Test
    void unrecordedInstanceThatWasNeverUsedIsDueAtOnce() {
        assertThat(Lease.renewalDueAt(given().situation(), instance())).isEqualTo(Instant.MIN);
    }

    @Test
    void renewalWithoutEffectIsRepeatedAfterAWhile() {
        assertThat(Lease.renewalDueAt(
                        given().loadedAt(ago(600)).renewedAt(ago(4)).situation(), instance()))
                .isEqualTo(in(6));
    }

    @Test
    void olderRenewalDoesNotDelayTheNext() {
        assertThat(Lease.renewalDueAt(
                        given().loadedAt(ago(240)).renewedAt(ago(11)).situation(), instance()))
                .isEqualTo(NOW);
    }

    @Test
    void busyInstanceIsNotIdleYet() {
        assertThat(Lease.renewalDueAt(
                        given().loadedAt(ago(600)).lookedAt(ago(5)).situation(), busy().apply(instance())))
                .isEqualTo(in(235));
    }
}
