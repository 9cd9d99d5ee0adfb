package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.ServerAddress;
import dev.lmstudiooperator.lmstudio.ServerStatus;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Starts LM Studio's HTTP server when it is off, where the administrator lets the agent do so. It never starts LM Studio,
 * and never moves a server that runs: clients may be using it. {@link ServerStartBackoff} says when.
 */
public final class ServerStarter {

    private static final Logger LOG = Logger.getLogger(ServerStarter.class);

    private final LmStudioCli cli;
    private final ServerAddress address;
    private final Supplier<CompletableFuture<Observation>> look;
    private final Executor executor;
    private final InstantSource clock;

    private ServerStartBackoff outage = ServerStartBackoff.NONE;

    public ServerStarter(
            LmStudioCli cli,
            ServerAddress address,
            Supplier<CompletableFuture<Observation>> look,
            Executor executor,
            InstantSource clock) {
        this.cli = cli;
        this.address = address;
        this.look = look;
        this.executor = executor;
        this.clock = clock;
    }

    /** What was seen last, after each round of looking. An attempt runs elsewhere: who looks is not held up. */
    public void seen(Observation observation) {
        synchronized (this) {
            outage = outage.seen(observation);
            Instant now = clock.instant();
            if (!outage.isStartDue(now)) {
                return;
            }
            outage = outage.begun(now);
        }
        executor.execute(this::attempt);
    }

    /** What the agent does, or did, about a server that is off; a sentence for a person. */
    public synchronized String plan() {
        return outage.plan();
    }

    private void attempt() {
        String said = "the attempt was interrupted";
        try {
            said = start();
            boolean isOff = ServerStartBackoff.isOff(look.get().get().served());
            said += isOff ? "; it did not answer afterwards" : "; it answered afterwards";
        } catch (InterruptedException | CancellationException e) {
            // The agent is stopping.
            return;
        } catch (ExecutionException e) {
            said += "; its state could not be checked afterwards";
        } finally {
            ended(said);
        }
    }

    private synchronized void ended(String result) {
        outage = outage.ended(result);
        LogEvent.of("Tried to start LM Studio's HTTP server")
                .with(LogField.ADDRESS, address)
                .with(LogField.EXPLANATION, result)
                .info(LOG);
    }

    /** What LM Studio says to it: no more than a hint, since it is known to be wrong either way. */
    private String start() throws InterruptedException {
        try {
            ServerStatus status = cli.serverStatus();
            if (status.isRunning()) {
                return "not started, because lms server status reports that it runs on port " + status.port();
            }
            cli.startServer(address);
            return "lms reported that it started the server at " + address;
        } catch (LmStudioFailure failure) {
            return failure.explanation();
        }
    }
}
