package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.tenure.Standing;
import dev.lmstudiooperator.agent.tenure.Tenure;
import dev.lmstudiooperator.config.OperatorConfig;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Not ready while another process is the agent of this node; a process that is no agent need not be one. */
@Readiness
@ApplicationScoped
public class TenureReadiness implements HealthCheck {

    private final OperatorConfig config;
    private final Tenure tenure;

    TenureReadiness(OperatorConfig config, Tenure tenure) {
        this.config = config;
        this.tenure = tenure;
    }

    @Override
    public HealthCheckResponse call() {
        Standing standing = tenure.standing();
        HealthCheckResponseBuilder response = HealthCheckResponse.named("This is the agent of its node");
        if (!config.role().isAgent() || standing.obstacle() == null) {
            return response.up().build();
        }
        return response.down().withData("why", standing.obstacle()).build();
    }
}
