package dev.lmstudiooperator.faultinjection;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.operator.OperatorProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The process under test, an agent or a controller. A fault can kill it at any time. The suite then starts it again. */
final class TestedOperator implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    private final Map<String, String> environment;
    private final Runnable freeLease;
    private volatile OperatorProcess process;
    private volatile int starts;
    private @Nullable OperatorProcess former;

    /** @param freeLease removes the Lease of an ended process, so that the next one does not wait for its expiry */
    TestedOperator(Map<String, String> environment, Runnable freeLease) {
        this.environment = environment;
        this.freeLease = freeLease;
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
        killFormer();
        freeLease.run();
        process = OperatorProcess.launch(environment);
        starts++;
    }

    /**
     * Stops the process for as long as another one needs to become the leader, as when its machine is suspended. Both then
     * run. For a moment, the first one does not know that it no longer leads.
     */
    synchronized void handOver() {
        killFormer();
        signal("STOP");
        freeLease.run();
        OperatorProcess next = OperatorProcess.launch(environment);
        next.awaitLog("Became leader");
        signal("CONT");
        former = process;
        process = next;
        starts++;
    }

    /** Kills the process that has handed over, if any. */
    synchronized void killFormer() {
        if (former != null) {
            former.kill();
            former = null;
        }
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the current process, which can change during the wait. */
    void awaitReady() {
        eventually(
                "the process under test is ready; its log is " + log(),
                TIMEOUT,
                () -> process.get("/q/health/ready"),
                answer -> answer.startsWith("200"));
    }

    @Override
    public void close() {
        killFormer();
        process.close();
    }
}
