package dev.lmstudiooperator.controller.election;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.lease.LeaseInMemory;
import dev.lmstudiooperator.lease.LeaseInMemory.Fault;
import dev.lmstudiooperator.lease.LeaseRenewer;
import dev.lmstudiooperator.lease.PassingTime;
import dev.lmstudiooperator.logging.LoggedLines;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests when a controller becomes leader and stops leading, with attempts every few milliseconds. */
@Timeout(30)
class LeaderElectionTest {

    private static final Duration LEASE_DURATION = Duration.ofMillis(80);
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final PassingTime time = new PassingTime();
    private final List<String> story = new CopyOnWriteArrayList<>();
    private final LoggedLines log = new LoggedLines(LeaderElection.class.getName());
    private volatile CountDownLatch way = new CountDownLatch(0);
    private volatile boolean isBroken;
    private final LeaseInMemory lease = new LeaseInMemory(this::passWay);
    private final LeaderElection leadership = leadership(() -> () -> story.add("ended, Lease of " + holder()));

    @AfterEach
    void end() {
        way.countDown();
        leadership.close();
        log.close();
    }

    @Test
    void controllerWorksWhileItsProcessHoldsTheLease() {
        leadership.start();

        await().until(leadership::isLeading);
        assertThat(lease.holder()).hasValue("self");
        assertThat(log.lines()).containsExactly("Became leader");
    }

    @Test
    void nothingBeginsBeforeTheStart() {
        time.pass(Duration.ofDays(1));

        assertThat(leadership.isLeading()).isFalse();
        assertThat(leadership.isRunning()).isTrue();
        assertThat(lease.holder()).isEmpty();
    }

    @Test
    void leaseOfAnotherIsWaitedForAndTheOtherNamedOnce() {
        hold("other");
        leadership.start();
        await().until(() -> !log.lines().isEmpty());
        awaitRequests(3);

        // The Lease duration has a resolution of one second.
        time.pass(Duration.ofSeconds(1));

        await().until(leadership::isLeading);

        assertThat(log.lines()).containsExactly("Another process is the leader: leader=other", "Became leader");
    }

    @Test
    void controllerEndsWhenAnotherTakesTheLease() {
        leadership.start();
        await().until(leadership::isLeading);

        lease.edit(leaseStatus ->
                leaseStatus.editSpec().withHolderIdentity("other").endSpec());

        await().until(() -> story.contains("ended, Lease of other"));
        assertThat(leadership.isLeading()).isFalse();
        assertThat(log.lines()).contains("Another process is the leader: leader=other", "Stopped leading");
    }

    @Test
    void controllerEndsWhenTheLeaseIsNotRenewedInTime() {
        SteadyClock clock = SteadyClock.ofThisMachine();
        LeaseRenewer syncer = LeaseInMemory.syncer(lease, "self", LEASE_DURATION, clock);
        try (LeaderElection late =
                new LeaderElection(syncer, clock, Duration.ofSeconds(1), () -> () -> story.add("ended"), () -> {})) {
            late.start();
            await().until(late::isLeading);

            lease.setFault(Fault.REQUEST_IS_LOST);

            await().until(() -> story.contains("ended"));
            assertThat(late.isLeading()).isFalse();
            assertThat(log.lines())
                    .contains("Failed to write the controller Lease; retrying:" + " error=\"the request is lost\"");
        }
    }

    @Test
    void controllerGoesOnWhileARenewalFailsForAShortTime() {
        leadership.start();
        await().until(leadership::isLeading);
        lease.setFault(Fault.REQUEST_IS_LOST);
        await().until(() -> log.lines().size() == 2);
        time.pass(DEADLINE.minusSeconds(1));
        lease.setFault(Fault.NONE);
        awaitRequests(3);

        assertThat(leadership.isLeading()).isTrue();
        assertThat(log.lines()).hasSize(2);
    }

    @Test
    void failureIsLoggedEachTimeItBegins() {
        leadership.start();
        await().until(leadership::isLeading);
        lease.setFault(Fault.REQUEST_IS_LOST);
        await().until(() -> log.lines().size() == 2);
        awaitRequests(3);
        assertThat(log.lines()).hasSize(2);
        lease.setFault(Fault.NONE);
        awaitRequests(3);

        lease.setFault(Fault.REQUEST_IS_LOST);

        await().until(() -> log.lines().size() == 3);
    }

    @Test
    void leaseIsGivenBackWhenTheWorkHasEnded() {
        leadership.start();
        await().until(leadership::isLeading);

        leadership.close();

        assertThat(story).containsExactly("ended, Lease of self", "disconnected");
        assertThat(lease.holder()).isEmpty();
        assertThat(log.lines()).containsExactly("Became leader", "Stopped leading");
    }

    @Test
    void leaseThatCannotBeGivenBackIsLogged() {
        leadership.start();
        await().until(leadership::isLeading);
        lease.setFault(Fault.REQUEST_IS_LOST);

        leadership.close();

        assertThat(lease.holder()).hasValue("self");
        assertThat(log.lines()).contains("Failed to release the controller Lease");
    }

    @Test
    void closeBeforeTheStartDisconnects() {
        leadership.close();

        assertThat(story).containsExactly("disconnected");
    }

    @Test
    void controllerThatCannotBeginLetsOthersTry() {
        try (LeaderElection broken = leadership(() -> {
            throw new IllegalStateException("it is broken");
        })) {
            broken.start();
            await().until(() -> log.lines().contains("Failed to start the controller; releasing leadership"));

            await().until(() -> lease.requests() > 0 && lease.holder().isEmpty());
            assertThat(broken.isLeading()).isFalse();
        }
    }

    @Test
    void controllerThatCannotEndLeadsNoMore() {
        LeaderElection stuck = leadership(() -> () -> {
            throw new IllegalStateException("it is stuck");
        });
        stuck.start();
        await().until(stuck::isLeading);

        stuck.close();

        assertThat(stuck.isLeading()).isFalse();
        assertThat(log.lines()).contains("Failed to stop the controller");
    }

    @Test
    void attemptThatHangsForAMinuteFailsTheLivenessProbe() {
        leadership.start();
        await().until(leadership::isLeading);
        way = new CountDownLatch(1);
        int requests = lease.requests();
        await().until(() -> lease.requests() > requests);

        time.pass(Duration.ofSeconds(59));
        assertThat(leadership.isRunning()).isTrue();
        time.pass(Duration.ofSeconds(1));
        assertThat(leadership.isRunning()).isFalse();
    }

    @Test
    void electionThatStartsLateIsAlive() {
        way = new CountDownLatch(1);
        time.pass(Duration.ofDays(1));

        leadership.start();

        assertThat(leadership.isRunning()).isTrue();
    }

    @Test
    void eachAttemptIsASignOfLife() {
        leadership.start();
        await().until(leadership::isLeading);

        time.pass(Duration.ofDays(1));

        await().until(leadership::isRunning);
    }

    /** The next attempt follows after a quarter of the Lease duration. */
    @Test
    void electionOutlivesAnUnexpectedFailure() {
        isBroken = true;
        leadership.start();
        await().until(() -> log.lines().contains("Failed to renew the controller Lease; retrying"));

        isBroken = false;

        await().until(leadership::isLeading);
    }

    private void awaitRequests(int more) {
        int requests = lease.requests();
        await().until(() -> lease.requests() > requests + more);
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(5)).pollInterval(Duration.ofMillis(5));
    }

    private LeaderElection leadership(Supplier<AutoCloseable> controller) {
        return new LeaderElection(
                LeaseInMemory.syncer(lease, "self", LEASE_DURATION, time),
                time.clock(),
                DEADLINE,
                controller,
                () -> story.add("disconnected"));
    }

    private void hold(String holder) {
        LeaseInMemory.syncer(lease, holder, LEASE_DURATION, time).attempt();
    }

    private String holder() {
        return lease.holder().orElse("none");
    }

    private void passWay() {
        if (isBroken) {
            throw new IllegalStateException("it is broken");
        }
        try {
            way.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
