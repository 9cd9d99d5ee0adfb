package dev.lmstudiooperator.faultinjection;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.operator.OperatorProcess;
import java.time.Duration;
import java.util.Map;

/** The agent process of the node. A fault can kill it at any time. The suite then starts it again. */
final class Agent implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(90);

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

    /** Starts a new process. If two crashes occur at the same time, each starts one, and only the last one continues. */
    synchronized void launch() {
        process.kill();
        process = OperatorProcess.launch(environment);
        starts++;
    }

    /** Waits for the current process, which can change during the wait. */
    void awaitReady() {
        eventually(
                "the agent is ready; its log is " + log(),
                TIMEOUT,
                () -> process.get("/q/health/ready"),
                answer -> answer.startsWith("200"));
    }

    @Override
    public void close() {
        process.close();
    }
}
