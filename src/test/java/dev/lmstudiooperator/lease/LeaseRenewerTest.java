package dev.lmstudiooperator.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.NodeLease;
import dev.lmstudiooperator.lease.LeaseInMemory.Fault;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseRenewerTest {

    private static final Duration DURATION = Duration.ofSeconds(40);

    private final LeaseInMemory store = new LeaseInMemory();
    private final PassingTime time = new PassingTime();
    private final LeaseRenewer syncer = syncer("self");

    @Test
    void createdLeaseHasHolderAndDuration() {
        assertThat(syncer.attempt()).isEqualTo(new LeaseAttempt.Held(time.steady()));

        Lease lease = store.lease();
        assertThat(lease.getMetadata().getNamespace()).isEqualTo("operators");
        assertThat(NodeLease.nodeOf(lease)).hasValue("gpu-1");
        assertThat(lease.getMetadata().getLabels()).containsKey(NodeLease.LABEL);
        assertThat(lease.getSpec().getHolderIdentity()).isEqualTo("self");
        assertThat(lease.getSpec().getLeaseDurationSeconds()).isEqualTo(40);
        assertThat(lease.getSpec().getRenewTime()).isEqualTo(time.instant().atZone(ZoneOffset.UTC));
        assertThat(lease.getSpec().getAcquireTime()).isEqualTo(time.instant().atZone(ZoneOffset.UTC));
        assertThat(lease.getSpec().getLeaseTransitions()).isZero();
    }

    /** An observer that waits for this duration must not take over too early. */
    @Test
    void partsOfASecondAreRoundedUp() {
        new LeaseRenewer(store, draft("self", Duration.ofMillis(4100)), time.clock()).attempt();

        assertThat(store.lease().getSpec().getLeaseDurationSeconds()).isEqualTo(5);
    }

    @Test
    void renewalIsOneRequestAndChangesOnlyItsTime() {
        syncer.attempt();
        Lease before = store.lease();
        int requests = store.requests();
        time.pass(Duration.ofSeconds(10));

        assertThat(syncer.attempt()).isEqualTo(new LeaseAttempt.Held(time.steady()));

        assertThat(store.requests()).isEqualTo(requests + 1);
        assertThat(store.lease().getSpec().getRenewTime())
                .isEqualTo(before.getSpec().getRenewTime().plusSeconds(10));
        assertThat(store.lease().getSpec().getAcquireTime())
                .isEqualTo(before.getSpec().getAcquireTime());
        assertThat(store.lease().getSpec().getLeaseTransitions()).isZero();
    }

    @Test
    void nextProcessOfTheAgentHoldsItAtOnce() {
        syncer.attempt();

        assertThat(syncer("self").attempt()).isInstanceOf(LeaseAttempt.Held.class);
    }

    @Test
    void deletedLeaseIsCreatedAgain() {
        syncer.attempt();
        store.delete();

        assertThat(syncer.attempt()).isInstanceOf(LeaseAttempt.Held.class);

        assertThat(store.lease().getSpec().getHolderIdentity()).isEqualTo("self");
    }

    @Test
    void whatOthersWriteBesideItStays() {
        syncer.attempt();
        store.edit(lease -> lease.editMetadata()
                .addToAnnotations("note", "a person's")
                .removeFromLabels(NodeLease.LABEL)
                .endMetadata());

        assertThat(syncer.attempt()).isInstanceOf(LeaseAttempt.Held.class);

        assertThat(store.lease().getMetadata().getAnnotations()).containsEntry("note", "a person's");
        assertThat(store.lease().getMetadata().getLabels()).containsKey(NodeLease.LABEL);
    }

    @Test
    void leaseThatWasEditedToAnotherHolderIsWaitedForAndTakenBack() {
        syncer.attempt();
        store.edit(lease -> lease.editSpec().withHolderIdentity("a person").endSpec());

        assertThat(syncer.attempt()).isEqualTo(new LeaseAttempt.HeldByAnother("a person", DURATION, DURATION));
        assertThat(store.lease().getSpec().getHolderIdentity()).isEqualTo("a person");
        time.pass(DURATION);
        assertThat(syncer.attempt()).isInstanceOf(LeaseAttempt.Held.class);

        assertThat(store.lease().getSpec().getHolderIdentity()).isEqualTo("self");
        assertThat(store.lease().getSpec().getLeaseTransitions()).isEqualTo(1);
    }

    @Test
    void leaseThatWasEmptiedIsTakenAtOnce() {
        syncer.attempt();
        store.edit(lease -> lease.withSpec(null));

        assertThat(syncer.attempt()).isInstanceOf(LeaseAttempt.Held.class);

        assertThat(store.lease().getSpec().getHolderIdentity()).isEqualTo("self");
    }

    @Test
    void renewalWhoseAnswerWasLostIsNoRival() {
        syncer.attempt();
        store.setFault(Fault.ANSWER_IS_LOST);
        assertThat(syncer.attempt()).isEqualTo(new LeaseAttempt.Failed("the answer is lost", false));
        store.setFault(Fault.NONE);

        assertThat(syncer.attempt()).isInstanceOf(LeaseAttempt.Held.class);
    }

    @Test
    void nextAttemptComesAfterAQuarterOfTheDurationAndSoonerAfterAFailure() {
        assertThat(syncer.pauseAfter(new LeaseAttempt.Held(time.steady()))).isEqualTo(Duration.ofSeconds(10));
        assertThat(syncer.pauseAfter(new LeaseAttempt.Failed("no answer", false)))
                .isEqualTo(Duration.ofMillis(2500));
    }

    @Test
    void leaseOfARivalIsReadAgainWhenItExpires() {
        assertThat(syncer.pauseAfter(new LeaseAttempt.HeldByAnother("other", DURATION, DURATION)))
                .isEqualTo(Duration.ofSeconds(10));
        assertThat(syncer.pauseAfter(new LeaseAttempt.HeldByAnother("other", DURATION, Duration.ofSeconds(3))))
                .isEqualTo(Duration.ofSeconds(3));
    }

    /** The leader election of client-go also requires that time. */
    @Test
    void removedRenewTimeIsWrittenAgain() {
        syncer.attempt();
        store.edit(lease ->
                lease.editSpec().withAcquireTime(null).withRenewTime(null).endSpec());

        assertThat(syncer.attempt()).isInstanceOf(LeaseAttempt.Held.class);

        assertThat(store.lease().getSpec().getAcquireTime()).isNotNull();
        assertThat(store.lease().getSpec().getRenewTime()).isNotNull();
    }

    /** If the clock of the holder is one day ahead, it writes times in the future. */
    @Test
    void holderOfTomorrowIsWaitedForLikeAnyOther() {
        syncer("other").attempt();
        store.edit(lease -> lease.editSpec()
                .withRenewTime(time.instant().plus(Duration.ofDays(1)).atZone(ZoneOffset.UTC))
                .endSpec());
        syncer.attempt();
        time.pass(DURATION);

        assertThat(syncer.attempt()).isInstanceOf(LeaseAttempt.Held.class);
    }

    @Test
    void releasedLeaseIsTakenAtOnce() {
        syncer.attempt();

        assertThat(syncer.release()).isTrue();

        assertThat(syncer("other").attempt()).isInstanceOf(LeaseAttempt.Held.class);
        assertThat(store.lease().getSpec().getHolderIdentity()).isEqualTo("other");
    }

    @Test
    void whatAnotherHasTakenMeanwhileIsNotReleased() {
        syncer.attempt();
        store.edit(lease -> lease.editSpec().withHolderIdentity("other").endSpec());

        assertThat(syncer.release()).isFalse();

        assertThat(store.lease().getSpec().getHolderIdentity()).isEqualTo("other");
    }

    @Test
    void releaseWhoseRequestIsLostIsNone() {
        syncer.attempt();
        store.setFault(Fault.REQUEST_IS_LOST);

        assertThat(syncer.release()).isFalse();

        assertThat(store.lease().getSpec().getHolderIdentity()).isEqualTo("self");
    }

    @Test
    void leaseWithRepeatedConflictsIsTriedThreeTimes() {
        LeaseInMemory[] busy = new LeaseInMemory[1];
        busy[0] = new LeaseInMemory(() -> busy[0].edit(lease ->
                lease.editMetadata().addToAnnotations("note", "a person's").endMetadata()));
        busy[0].put(draft("self", DURATION).held(null, time.instant()));

        assertThat(new LeaseRenewer(busy[0], draft("self", DURATION), time.clock()).attempt())
                .isEqualTo(new LeaseAttempt.Failed("another client keeps changing it", true));

        assertThat(busy[0].requests()).isEqualTo(6);
    }

    @ParameterizedTest
    @CsvSource({"403, true", "404, true", "401, false", "429, false", "500, false"})
    void responseOfTheApiServerShowsWhetherItRefuses(int code, boolean isRefused) {
        Status status =
                new StatusBuilder().withMessage("not like this").withCode(code).build();

        assertThat(failing(new KubernetesClientException("failed", code, status)))
                .isEqualTo(new LeaseAttempt.Failed("not like this (%d)".formatted(code), isRefused));
    }

    @Test
    void failureWithoutAResponseIsReportedByItsRootCause() {
        IOException refused = new IOException("an error", new IOException("Connection refused"));

        assertThat(failing(new KubernetesClientException("failed", refused)))
                .isEqualTo(new LeaseAttempt.Failed("Connection refused", false));
        assertThat(failing(new KubernetesClientException("failed", 500, new Status())))
                .isEqualTo(new LeaseAttempt.Failed("failed", false));
        assertThat(failing(new KubernetesClientException("failed", new IOException())))
                .isEqualTo(new LeaseAttempt.Failed("java.io.IOException", false));
    }

    private LeaseAttempt failing(KubernetesClientException failure) {
        LeaseInMemory broken = new LeaseInMemory(() -> {
            throw failure;
        });
        return new LeaseRenewer(broken, draft("self", DURATION), time.clock()).attempt();
    }

    private static LeaseFactory draft(String holder, Duration duration) {
        return new LeaseFactory("operators", NodeLease.nameFor("gpu-1"), Map.of(NodeLease.LABEL, ""), holder, duration);
    }

    private LeaseRenewer syncer(String holder) {
        return new LeaseRenewer(store, draft(holder, DURATION), time.clock());
    }
}
