package dev.lmstudiooperator.agent.tenure;

import dev.lmstudiooperator.lease.LeaseReport;
import dev.lmstudiooperator.observability.log.LogEvent;
import dev.lmstudiooperator.observability.log.LogField;
import org.jboss.logging.Logger;

/** Tells the log what changes about the tenure, and nothing twice. Used by one thread. */
final class TenureNews {

    private static final Logger LOG = Logger.getLogger(Tenure.class);

    private final String lease;
    private Standing told;
    private boolean isFailing;

    TenureNews(String lease, Standing first) {
        this.lease = lease;
        this.told = first;
    }

    /** Whether it is news. */
    boolean tell(Standing now) {
        Standing before = told;
        told = now;
        if (now.obstacle() != null && !now.obstacle().equals(before.obstacle())) {
            LogEvent.of("Standing by: not the agent of the node")
                    .with(LogField.ERROR, now.obstacle())
                    .warn(LOG);
        }
        if (now.mayAct() && !before.mayAct()) {
            about("The agent of this node").info(LOG);
        }
        if (now.isOverdue() && !before.isOverdue()) {
            about("Node Lease expired; status is unknown until it is renewed").warn(LOG);
        }
        return !now.equals(before);
    }

    /** Why it fails may differ from one attempt to the next; that it fails is the news. */
    void tell(LeaseReport report) {
        boolean isFailingNow = report instanceof LeaseReport.Failed;
        if (report instanceof LeaseReport.Failed failed && !isFailing) {
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
