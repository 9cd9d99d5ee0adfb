package dev.lmstudiooperator;

import dev.lmstudiooperator.agent.AgentLifecycle;
import dev.lmstudiooperator.config.OperatorConfig;
import dev.lmstudiooperator.metrics.BuildMetric;
import dev.lmstudiooperator.preflight.OperatorBootstrap;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Singleton;

/**
 * Starts the agent and the operator after Quarkus has started. At this point HTTP answers probes, and Micrometer keeps
 * and filters the metrics that are recorded from now on.
 */
@Singleton
public class OperatorApplication implements QuarkusApplication {

    private final AgentLifecycle agent;
    private final OperatorBootstrap operator;
    private final BuildMetric build;
    private final OperatorConfig config;

    OperatorApplication(AgentLifecycle agent, OperatorBootstrap operator, BuildMetric build, OperatorConfig config) {
        this.agent = agent;
        this.operator = operator;
        this.build = build;
        this.config = config;
    }

    @Override
    public int run(String... args) {
        build.register(config.role());
        agent.start();
        operator.run();
        Quarkus.waitForExit();
        return 0;
    }
}
