package dev.lmstudiooperator.campaign;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.operator.OperatorProcess;
import java.time.Duration;
import java.util.Map;

/** The agent process of the node. A fault can kill it at any moment; it is then started again. */
final class Agent implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Map<String, String> environment;
    private volatile OperatorProcess process;
    private volatile int starts;

    Agent(Map<String, String> environment) {
        this.environment = environment;
        this.process = OperatorProcess.launch(environment);
        this.starts = 1;
    }

    /** Number of processes started so far. */
    int starts() {
        return starts;
    }

    String log() {
        return process.logFile().toString();
    }

    /** Kills the process like {@code kill -9}. */
    void kill() {
        process.kill();
    }

    void killWithChildren() {
        process.killWithChildren();
    }

    /** When two crashes happen at once, each launches a new process. Only the last one keeps running. */
    synchronized void launch() {
        process.kill();
        process = OperatorProcess.launch(environment);
        starts++;
    }

    /** Waits for the process that is current at that time. */
    void awaitReady() {
        eventually(
                "the agent is ready; its log is " + log(),
                PATIENCE,
                () -> process.get("/q/health/ready"),
                answer -> answer.startsWith("200"));
    }

    @Override
    public void close() {
        process.close();
    }
}
