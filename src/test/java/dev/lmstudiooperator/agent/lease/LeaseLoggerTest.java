package dev.lmstudiooperator.agent.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lease.LeaseAttempt;
import dev.lmstudiooperator.logging.LoggedLines;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests the log entries for changes of the node Lease. */
class LeaseLoggerTest {

    private static final LeaseStatus WAITING = leaseStatus("it does not hold the Lease yet", false);
    private static final LeaseStatus HOLDING = leaseStatus(null, false);
    private static final LeaseStatus OVERDUE = leaseStatus(null, true);
    private static final LeaseAttempt HELD = new LeaseAttempt.Held(Instant.EPOCH);
    private static final LeaseAttempt REFUSED = new LeaseAttempt.Failed("forbidden", true);
    private static final LeaseAttempt UNHEARD = new LeaseAttempt.Failed("no answer", false);

    private final LoggedLines log = new LoggedLines(NodeLeaseController.class.getName());
    private final LeaseLogger logger = new LeaseLogger("operators/node.gpu-1", WAITING);

    @AfterEach
    void stopListening() {
        log.close();
    }

    @Test
    void nothingIsLoggedWhileNothingChanges() {
        assertThat(logger.log(WAITING)).isFalse();

        assertThat(log.lines()).isEmpty();
    }

    @Test
    void acquiredLeaseIsLoggedOnce() {
        assertThat(logger.log(HOLDING)).isTrue();
        assertThat(logger.log(HOLDING)).isFalse();

        assertThat(log.lines()).containsExactly("The agent of this node: lease=operators/node.gpu-1");
    }

    @Test
    void obstacleIsLoggedOnce() {
        logger.log(HOLDING);

        assertThat(logger.log(leaseStatus("another agent holds it", false))).isTrue();
        assertThat(logger.log(leaseStatus("another agent holds it", false))).isFalse();

        assertThat(log.lines())
                .hasSize(2)
                .last()
                .isEqualTo("Standing by: not the agent of the node: error=\"another agent holds it\"");
    }

    @Test
    void anotherObstacleIsLoggedToo() {
        logger.log(leaseStatus("another process has locked the folder", false));

        assertThat(log.lines()).singleElement().asString().contains("another process has locked the folder");
    }

    @Test
    void overdueLeaseIsLoggedOnce() {
        logger.log(HOLDING);

        assertThat(logger.log(OVERDUE)).isTrue();
        assertThat(logger.log(OVERDUE)).isFalse();

        assertThat(log.lines())
                .hasSize(2)
                .last()
                .isEqualTo(
                        "Node Lease expired; status is unknown until it is renewed:" + " lease=operators/node.gpu-1");
    }

    @Test
    void renewalOfAnOverdueLeaseIsAChangeThatIsNotLogged() {
        logger.log(OVERDUE);

        assertThat(logger.log(HOLDING)).isTrue();

        assertThat(log.lines()).hasSize(2);
    }

    @Test
    void failureIsLoggedWhenItBeginsAndWhenItEnds() {
        logger.log(HELD);
        logger.log(REFUSED);
        logger.log(UNHEARD);
        assertThat(log.lines())
                .containsExactly("Failed to renew node Lease: lease=operators/node.gpu-1 error=forbidden");

        logger.log(HELD);
        logger.log(HELD);

        assertThat(log.lines()).hasSize(2).last().isEqualTo("Renewed node Lease again: lease=operators/node.gpu-1");
    }

    private static LeaseStatus leaseStatus(@Nullable String blockedReason, boolean isExpired) {
        return new LeaseStatus(blockedReason, true, isExpired, Instant.EPOCH);
    }
}
