package dev.lmstudiooperator.operator;

import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.nio.file.Path;
import java.util.Map;

/** A GPU machine: a simulated LM Studio, and its agent, which uses the given kubeconfig. */
final class AgentFixture implements AutoCloseable {

    private final String name;
    private final SimulatorProcess lmStudio;
    private final Map<String, String> environment;
    private OperatorProcess agent;

    private AgentFixture(String name, SimulatorProcess lmStudio, Map<String, String> environment) {
        this.name = name;
        this.lmStudio = lmStudio;
        this.environment = environment;
        this.agent = OperatorProcess.launch(environment);
    }

    /** Starts LM Studio and the agent. The agent may not be ready yet. */
    static AgentFixture start(Path kubeconfig, String name, Path directory, Map<String, String> configuration) {
        SimulatorProcess lmStudio = SimulatorProcess.start(directory);
        Map<String, String> environment = environmentOf(name, lmStudio, kubeconfig);
        environment.putAll(configuration);
        return new AgentFixture(name, lmStudio, environment);
    }

    /** Returns the configuration of an agent, with short periods. */
    static Map<String, String> environmentOf(String name, SimulatorProcess lmStudio, Path kubeconfig) {
        Map<String, String> environment = OperatorProcess.environmentFor(lmStudio);
        environment.putAll(Map.of(
                "KUBECONFIG", kubeconfig.toString(),
                "LMSTUDIO_OPERATOR_ROLE", "agent",
                "LMSTUDIO_OPERATOR_NODE_NAME", name,
                "LMSTUDIO_OPERATOR_OBSERVER_POLL_INTERVAL", "200ms",
                "LMSTUDIO_OPERATOR_LEASE_DURATION", "4s"));
        return environment;
    }

    String name() {
        return name;
    }

    SimulatorProcess lmStudio() {
        return lmStudio;
    }

    OperatorProcess agent() {
        return agent;
    }

    /** To the cluster this looks like a power failure. */
    void killAgent() {
        agent.kill();
    }

    void restartAgent() {
        agent.kill();
        agent = OperatorProcess.launch(environment);
    }

    @Override
    public void close() {
        agent.close();
        lmStudio.close();
    }
}
