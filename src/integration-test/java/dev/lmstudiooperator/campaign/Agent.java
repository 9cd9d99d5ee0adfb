package dev.lmstudiooperator.campaign;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.operator.OperatorProcess;
import java.time.Duration;
import java.util.Map;

/** The agent of the node: a process that may be killed at any moment, by whoever strikes, and is started again. */
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

    /** How many processes there have been. */
    int starts() {
        return starts;
    }

    String log() {
        return process.logFile().toString();
    }

    /** As {@code kill -9}. */
    void kill() {
        process.kill();
    }

    void killWithChildren() {
        process.killWithChildren();
    }

    /** Of two crashes at once each launches another one: only the last one goes on. */
    synchronized void launch() {
        process.kill();
        process = OperatorProcess.launch(environment);
        starts++;
    }

    /** Whichever process it is by then. */
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
