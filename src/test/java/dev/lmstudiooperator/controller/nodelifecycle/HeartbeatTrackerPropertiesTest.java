package dev.lmstudiooperator.controller.nodelifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

/** Tests properties that hold for any history of a node Lease. */
@PropertyDefaults(tries = 2_000)
class HeartbeatTrackerPropertiesTest {

    private static final String NODE = "gpu-1";
    private static final Instant START = Instant.parse("2026-06-01T12:00:00Z");

    /** An event of a Lease, with the seconds since the previous event. */
    record Step(What what, int seconds, long renewedAt) {}

    enum What {
        RENEWED,
        SHOWN_AGAIN,
        DELETED,
        ASKED
    }

    @Property
    void clocksOfAgentsHaveNoEffect(@ForAll("steps") List<Step> steps) {
        var wrong = new Run();
        var right = new Run();

        for (Step action : steps) {
            assertThat(wrong.take(
                            action, ZonedDateTime.ofInstant(Instant.ofEpochSecond(action.renewedAt()), ZoneOffset.UTC)))
                    .isEqualTo(right.take(action, ZonedDateTime.ofInstant(right.now, ZoneOffset.UTC)));
        }
    }

    @Property
    void noNodeExpiresEarlyOrRecoversWithoutAHeartbeat(@ForAll("steps") List<Step> steps) {
        var run = new Run();
        Instant observedAt = START;
        boolean wasSilent = run.tracker.isExpired(NODE, START);

        for (Step action : steps) {
            boolean isChange =
                    action.what() == What.RENEWED || (action.what() == What.SHOWN_AGAIN && run.isLeaseMissing());
            boolean isExpired = run.take(action, Leases.RENEWED);

            if (isChange) {
                observedAt = run.now;
                assertThat(isExpired).isFalse();
            }
            assertThat(isExpired && run.now.isBefore(observedAt.plusSeconds(40)))
                    .isFalse();
            assertThat(wasSilent && !isExpired && !isChange).isFalse();
            wasSilent = isExpired;
        }
    }

    /** Applies the steps, and reports after each whether the heartbeat is missing. */
    private static final class Run {
        final HeartbeatTracker tracker = new HeartbeatTracker();
        Instant now = START;
        private int version;
        private boolean isDeleted = true;
        private ZonedDateTime last = Leases.RENEWED;

        boolean isLeaseMissing() {
            return isDeleted;
        }

        boolean take(Step action, ZonedDateTime renewTime) {
            now = now.plusSeconds(action.seconds());
            boolean wasSilent = tracker.isExpired(NODE, now);
            switch (action.what()) {
                case RENEWED -> {
                    version++;
                    last = renewTime;
                    isDeleted = false;
                    assertThat(tracker.observed(NODE, Leases.lease(version, last, 40), now))
                            .isEqualTo(wasSilent);
                }
                case SHOWN_AGAIN -> {
                    boolean isNew = isDeleted;
                    isDeleted = false;
                    assertThat(tracker.observed(NODE, Leases.lease(version, last, 40), now))
                            .isEqualTo(wasSilent && isNew);
                }
                case DELETED -> {
                    isDeleted = true;
                    tracker.gone(NODE, now);
                }
                case ASKED -> tracker.heartbeat(NODE, now).expiresAt();
            }
            return tracker.isExpired(NODE, now);
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.of(What.class),
                        Arbitraries.of(0, 1, 9, 10, 20, 39, 40, 41, 1000),
                        Arbitraries.longs().between(-1_000_000_000_000L, 1_000_000_000_000L))
                .as(Step::new)
                .list()
                .ofMaxSize(30);
    }
}
