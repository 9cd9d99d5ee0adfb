package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.config.OperatorConfig;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Reports not ready until LM Studio has answered once. Until then, the agent is misconfigured or LM Studio has not
 * started. If LM Studio becomes unreachable later, the agent stays ready and reports it in the LMStudioNode.
 */
@Readiness
@ApplicationScoped
public class LmStudioReadinessCheck implements HealthCheck {

    private final OperatorConfig config;
    private final AgentRuntime node;

    LmStudioReadinessCheck(OperatorConfig config, AgentRuntime node) {
        this.config = config;
        this.node = node;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("LM Studio has answered since the agent started");
        if (!config.role().isAgent() || node.hasAnswered()) {
            return response.up().build();
        }
        return response.down().withData("why", node.whyNot()).build();
    }
}
