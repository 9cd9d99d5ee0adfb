package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.lease.LeaseStatus;
import dev.lmstudiooperator.agent.lease.NodeLeaseController;
import dev.lmstudiooperator.config.OperatorConfig;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports not ready while another process is, or may be, the agent of this node. Without the role {@code agent}, the
 * check always succeeds.
 */
@Readiness
@ApplicationScoped
public class LeaseReadinessCheck implements HealthCheck {

    private final OperatorConfig config;
    private final NodeLeaseController tenure;

    LeaseReadinessCheck(OperatorConfig config, NodeLeaseController tenure) {
        this.config = config;
        this.tenure = tenure;
    }

    @Override
    public HealthCheckResponse call() {
        LeaseStatus standing = tenure.standing();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("This process is the agent of the node");
        if (!config.role().isAgent() || standing.obstacle() == null) {
            return response.up().build();
        }
        return response.down().withData("why", standing.obstacle()).build();
    }
}
