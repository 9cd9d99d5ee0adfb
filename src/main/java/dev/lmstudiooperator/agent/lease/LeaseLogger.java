package dev.lmstudiooperator.agent.lease;

import dev.lmstudiooperator.lease.LeaseAttempt;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import org.jboss.logging.Logger;

/** Logs changes of the node Lease, each of them once. Used by one thread. */
final class LeaseLogger {

    private static final Logger LOG = Logger.getLogger(NodeLeaseController.class);

    private final String lease;
    private LeaseStatus logged;
    private boolean isFailing;

    LeaseLogger(String lease, LeaseStatus first) {
        this.lease = lease;
        this.logged = first;
    }

    /** Returns whether the status has changed. */
    boolean log(LeaseStatus now) {
        LeaseStatus before = logged;
        logged = now;
        if (now.blockedReason() != null && !now.blockedReason().equals(before.blockedReason())) {
            LogEvent.of("Standing by: not the agent of the node")
                    .with(LogField.ERROR, now.blockedReason())
                    .warn(LOG);
        }
        if (now.isHeld() && !before.isHeld()) {
            about("The agent of this node").info(LOG);
        }
        if (now.isExpired() && !before.isExpired()) {
            about("Node Lease expired; status is unknown until it is renewed").warn(LOG);
        }
        return !now.equals(before);
    }

    /**
     * Logs only that renewal starts to fail and that it succeeds again. The cause may differ from one attempt to the
     * next.
     */
    void log(LeaseAttempt report) {
        boolean isFailingNow = report instanceof LeaseAttempt.Failed;
        if (report instanceof LeaseAttempt.Failed failed && !isFailing) {
            about("Failed to renew node Lease")
                    .with(LogField.ERROR, failed.why())
                    .warn(LOG);
        } else if (isFailing && !isFailingNow) {
            about("Renewed node Lease again").info(LOG);
        }
        isFailing = isFailingNow;
    }

    private LogEvent about(String message) {
        return LogEvent.of(message).with(LogField.LEASE, lease);
    }
}
