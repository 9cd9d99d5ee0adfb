package dev.lmstudiooperator;

import dev.lmstudiooperator.agent.AgentLifecycle;
import dev.lmstudiooperator.config.OperatorConfig;
import dev.lmstudiooperator.metrics.BuildMetric;
import dev.lmstudiooperator.preflight.OperatorBootstrap;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Singleton;

/**
 * What runs once everything around it is started: HTTP answers probes, and metrics that are counted from now on are
 * kept and filtered.
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
        build.tell(config.role());
        agent.start();
        operator.run();
        Quarkus.waitForExit();
        return 0;
    }
}
