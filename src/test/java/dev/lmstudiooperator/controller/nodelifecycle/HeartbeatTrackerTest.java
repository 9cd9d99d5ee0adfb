package dev.lmstudiooperator.controller.nodelifecycle;

import static dev.lmstudiooperator.controller.nodelifecycle.Leases.RENEWED;
import static dev.lmstudiooperator.controller.nodelifecycle.Leases.lasting;
import static dev.lmstudiooperator.controller.nodelifecycle.Leases.lease;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the time since which the heartbeat of a node is missing. */
class HeartbeatTrackerTest {

    private static final Instant START = Instant.parse("2026-06-01T12:00:00Z");
    private static final String NODE = "gpu-1";

    private final HeartbeatTracker tracker = new HeartbeatTracker();

    @Test
    void nodeExpiresWhenItsLeaseDidNotChangeForItsDuration() {
        tracker.observed(NODE, lease(1), at(0));

        assertThat(tracker.isExpired(NODE, at(39))).isFalse();
        assertThat(tracker.isExpired(NODE, at(40).minusNanos(1))).isFalse();
        assertThat(tracker.isExpired(NODE, at(40))).isTrue();
        assertThat(tracker.heartbeat(NODE, at(5)).expiresAt()).isEqualTo(at(40));
        assertThat(tracker.heartbeat(NODE, at(500)).expiresAt()).isEqualTo(at(40));
    }

    @Test
    void leaseThatIsShownAgainIsNoSignOfLife() {
        tracker.observed(NODE, lease(1), at(0));

        assertThat(tracker.observed(NODE, lease(1), at(30))).isFalse();
        assertThat(tracker.isExpired(NODE, at(40))).isTrue();
        assertThat(tracker.observed(NODE, lease(1), at(41))).isFalse();
        assertThat(tracker.isExpired(NODE, at(41))).isTrue();
    }

    @Test
    void firstSightOfALeaseIsNoBeat() {
        assertThat(tracker.hasBeaten(NODE)).isFalse();

        assertThat(tracker.isExpired(NODE, at(0))).isFalse();
        tracker.observed(NODE, lease(1), at(0));
        tracker.observed(NODE, lease(1), at(10));
        assertThat(tracker.hasBeaten(NODE)).isFalse();

        tracker.observed(NODE, lease(2), at(20));
        tracker.gone(NODE, at(30));
        assertThat(tracker.hasBeaten(NODE)).isTrue();
    }

    @ParameterizedTest
    @MethodSource
    void everyChangeIsAHeartbeat(Lease changed) {
        tracker.observed(NODE, lease(1), at(0));

        tracker.observed(NODE, changed, at(30));

        assertThat(tracker.heartbeat(NODE, at(30)).expiresAt()).isEqualTo(at(70));
    }

    static Stream<Lease> everyChangeIsAHeartbeat() {
        return Stream.of(
                new LeaseBuilder(lease(1))
                        .editSpec()
                        .withRenewTime(RENEWED.plusNanos(1000))
                        .endSpec()
                        .build(),
                new LeaseBuilder(lease(1))
                        .editSpec()
                        .withHolderIdentity("another")
                        .endSpec()
                        .build(),
                new LeaseBuilder(lease(1))
                        .editMetadata()
                        .withResourceVersion("2")
                        .endMetadata()
                        .build(),
                new LeaseBuilder(lease(1))
                        .editSpec()
                        .withRenewTime(null)
                        .endSpec()
                        .build());
    }

    @Test
    void expiredNodeIsReportedOnceAsRecovered() {
        assertThat(tracker.observed(NODE, lease(1), at(0))).isFalse();
        assertThat(tracker.observed(NODE, lease(2), at(39))).isFalse();
        assertThat(tracker.observed(NODE, lease(3), at(79))).isTrue();
        assertThat(tracker.observed(NODE, lease(3), at(79))).isFalse();
        assertThat(tracker.observed(NODE, lease(4), at(89))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "40, 40",
        "15, 15",
        "4, 4",
        "3, 4",
        "0, 4",
        "-1, 4",
        "-2147483648, 4",
        "600, 600",
        "601, 600",
        "2147483647, 600",
        ", 40"
    })
    void patienceIsThatOfTheLeaseWithinBounds(Integer reported, long seconds) {
        tracker.observed(NODE, lasting(reported), at(0));

        assertThat(tracker.heartbeat(NODE, at(0)).expiresAt()).isEqualTo(at(seconds));
    }

    @Test
    void patienceIsThatOfTheLastLease() {
        tracker.observed(NODE, lease(1, RENEWED, 40), at(0));
        tracker.observed(NODE, lease(2, RENEWED, 10), at(5));

        assertThat(tracker.heartbeat(NODE, at(5)).expiresAt()).isEqualTo(at(15));
    }

    @Test
    void leaseWithoutASpecHasTheUsualPatience() {
        Lease empty = new LeaseBuilder(lease(1)).withSpec(null).build();

        assertThat(tracker.observed(NODE, empty, at(0))).isFalse();
        assertThat(tracker.heartbeat(NODE, at(0)).expiresAt()).isEqualTo(at(40));
        assertThat(tracker.observed(NODE, empty, at(50))).isFalse();
        assertThat(tracker.observed(NODE, lease(2), at(50))).isTrue();
    }

    @Test
    void nodeWithoutAHeartbeatExpiresAfterTheFirstQuery() {
        assertThat(tracker.isExpired(NODE, at(7))).isFalse();
        assertThat(tracker.isExpired(NODE, at(46))).isFalse();
        assertThat(tracker.isExpired(NODE, at(47))).isTrue();
        assertThat(tracker.heartbeat(NODE, at(50)).expiresAt()).isEqualTo(at(47));
        assertThat(tracker.observed(NODE, lease(1), at(60))).isTrue();
    }

    @Test
    void deletedLeaseLeavesTimeToCreateANewOne() {
        tracker.observed(NODE, lasting(20), at(0));

        tracker.gone(NODE, at(15));

        assertThat(tracker.heartbeat(NODE, at(15)).expiresAt()).isEqualTo(at(35));
        assertThat(tracker.isExpired(NODE, at(34))).isFalse();
        assertThat(tracker.isExpired(NODE, at(35))).isTrue();
    }

    @Test
    void leaseThatComesBackIsASignOfLifeThoughItIsTheSame() {
        tracker.observed(NODE, lease(1), at(0));
        tracker.gone(NODE, at(10));

        assertThat(tracker.observed(NODE, lease(1), at(20))).isFalse();
        assertThat(tracker.heartbeat(NODE, at(20)).expiresAt()).isEqualTo(at(60));
    }

    @Test
    void deletionIsNoHeartbeatOfAnExpiredNode() {
        tracker.observed(NODE, lease(1), at(0));

        tracker.gone(NODE, at(40));

        assertThat(tracker.isExpired(NODE, at(40))).isTrue();
        assertThat(tracker.heartbeat(NODE, at(40)).expiresAt()).isEqualTo(at(40));
        assertThat(tracker.observed(NODE, lease(2), at(41))).isTrue();
    }

    @Test
    void deletionThatIsReportedTwiceDoesNotRestartTheWait() {
        tracker.observed(NODE, lease(1), at(0));
        tracker.gone(NODE, at(10));

        tracker.gone(NODE, at(30));

        assertThat(tracker.heartbeat(NODE, at(30)).expiresAt()).isEqualTo(at(50));
    }

    @Test
    void deletionOfAnUnknownLeaseStartsTheWait() {
        tracker.gone(NODE, at(10));

        assertThat(tracker.heartbeat(NODE, at(30)).expiresAt()).isEqualTo(at(50));
    }

    @Test
    void nodesAreIndependent() {
        tracker.observed(NODE, lease(1), at(0));
        tracker.observed("gpu-2", lease(1), at(30));

        assertThat(tracker.isExpired(NODE, at(40))).isTrue();
        assertThat(tracker.isExpired("gpu-2", at(40))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1970-01-01T00:00:00Z", "2026-06-01T11:00:00Z", "2026-06-01T12:59:59+14:00", "9999-12-31T23:59:59Z", ","
    })
    void clockOfTheAgentHasNoEffect(ZonedDateTime renewTime) {
        tracker.observed(NODE, lease(1, renewTime, 40), at(0));
        assertThat(tracker.heartbeat(NODE, at(0)).expiresAt()).isEqualTo(at(40));

        tracker.observed(NODE, lease(2, renewTime, 40), at(10));
        assertThat(tracker.heartbeat(NODE, at(10)).expiresAt()).isEqualTo(at(50));
    }

    @Test
    void clockThatIsSetBackIsASignOfLifeLikeAnyOther() {
        tracker.observed(NODE, lease(1, RENEWED, 40), at(0));
        tracker.observed(NODE, lease(2, RENEWED.minusYears(1), 40), at(10));

        assertThat(tracker.heartbeat(NODE, at(10)).expiresAt()).isEqualTo(at(50));
    }

    @Test
    void pulseRemembersTheLastGapOfHalfAPatience() {
        tracker.observed(NODE, lease(1), at(0));
        assertThat(tracker.heartbeat(NODE, at(0)).lastGap()).isNull();

        tracker.observed(NODE, lease(2), at(20).minusNanos(1));
        assertThat(tracker.heartbeat(NODE, at(20)).lastGap()).isNull();

        tracker.observed(NODE, lease(3), at(40));
        tracker.observed(NODE, lease(4), at(45));
        tracker.gone(NODE, at(46));
        assertThat(tracker.heartbeat(NODE, at(46)))
                .isEqualTo(new Heartbeat(
                        NODE, at(46), Duration.ofSeconds(40), new Heartbeat.Gap(at(20).minusNanos(1), at(40))));
    }

    @Test
    void manyThreadsMayReportAndQueryConcurrently() throws Exception {
        int nodes = 500;
        try (var threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Long>> tellers = IntStream.range(0, 8)
                    .mapToObj(thread -> (Callable<Long>) () -> IntStream.range(0, nodes)
                            .filter(node -> tracker.observed("gpu-" + node, lease(2), at(100)))
                            .count())
                    .toList();
            IntStream.range(0, nodes).forEach(node -> tracker.observed("gpu-" + node, lease(1), at(0)));

            long resumed = 0;
            for (Future<Long> reported : threads.invokeAll(tellers)) {
                resumed += reported.get();
            }

            assertThat(resumed).as("each is reported by one of the threads").isEqualTo(nodes);
        }
    }

    private static Instant at(long seconds) {
        return START.plusSeconds(seconds);
    }
}
