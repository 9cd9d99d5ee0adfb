package dev.lmstudiooperator.agent.tenure;

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
            LOG.warnf("Not the agent of this node, and changes nothing: why=%s", now.obstacle());
        }
        if (now.mayAct() && !before.mayAct()) {
            LOG.infof("The agent of this node: lease=%s", lease);
        }
        if (now.isOverdue() && !before.isOverdue()) {
            LOG.warnf(
                    "The Lease of this node is overdue: nothing counts as proven until it is renewed: lease=%s", lease);
        }
        return !now.equals(before);
    }

    /** Why it fails may differ from one attempt to the next; that it fails is the news. */
    void tell(LeaseReport report) {
        boolean isFailingNow = report instanceof LeaseReport.Failed;
        if (report instanceof LeaseReport.Failed failed && !isFailing) {
            LOG.warnf("The Lease of this node cannot be written: lease=%s why=%s", lease, failed.why());
        } else if (isFailing && !isFailingNow) {
            LOG.infof("The Lease of this node can be written again: lease=%s", lease);
        }
        isFailing = isFailingNow;
    }
}
