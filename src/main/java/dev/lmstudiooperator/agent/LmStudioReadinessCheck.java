package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.config.OperatorConfig;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Not ready before LM Studio has answered once: an agent that has never seen it is set up wrong, or came too early. When LM
 * Studio goes away later the agent stays ready, since it does what it is there for, and tells that of the node.
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
