package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioApi.InferenceReply;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioCli.ServerAddress;
import dev.lmstudiooperator.lmstudio.LmStudioCli.ServerStatus;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Starts the HTTP server of LM Studio when it is off and the configuration allows it. It never starts LM Studio itself,
 * and never moves a running server, because clients may use it. {@link ServerStartBackoff} decides when to start.
 */
public final class ServerStarter {

    private static final Logger LOG = Logger.getLogger(ServerStarter.class);

    private final LmStudioCli cli;
    private final ServerAddress address;
    private final Supplier<CompletableFuture<Observation>> resync;
    private final Executor executor;
    private final InstantSource clock;

    private ServerStartBackoff backoff = ServerStartBackoff.NONE;

    public ServerStarter(
            LmStudioCli cli,
            ServerAddress address,
            Supplier<CompletableFuture<Observation>> resync,
            Executor executor,
            InstantSource clock) {
        this.cli = cli;
        this.address = address;
        this.resync = resync;
        this.executor = executor;
        this.clock = clock;
    }

    /** Receives each completed observation. The attempt runs on the executor, so that it does not block the observer. */
    public void observed(Observation observation) {
        synchronized (this) {
            backoff = backoff.observed(observation);
            Instant now = clock.instant();
            if (!backoff.isStartDue(now)) {
                return;
            }
            backoff = backoff.begun(now);
        }
        executor.execute(this::attempt);
    }

    /** Describes in one sentence how the agent handles a server that is off. */
    public synchronized String plan() {
        return backoff.plan();
    }

    /** Wraps the HTTP API so that the failure of a server that is not listening also reports {@link #plan()}. */
    public LmStudioApi announcing(LmStudioApi api) {
        return new AnnouncingApi(api);
    }

    private void attempt() {
        String result = "the attempt was interrupted";
        try {
            result = start();
            boolean isOff = ServerStartBackoff.isOff(resync.get().get().served());
            result += isOff ? "; it did not answer afterwards" : "; it answered afterwards";
        } catch (InterruptedException | CancellationException e) {
            // The agent is stopping.
            return;
        } catch (ExecutionException e) {
            result += "; its state could not be checked afterwards";
        } finally {
            ended(result);
        }
    }

    private synchronized void ended(String result) {
        backoff = backoff.ended(result);
        LogEvent.of("Tried to start LM Studio's HTTP server")
                .with(LogField.ADDRESS, address)
                .with(LogField.DETAIL, result)
                .info(LOG);
    }

    /** The result that {@code lms} reports. It is only a hint: LM Studio may report success or failure incorrectly. */
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

    private final class AnnouncingApi implements LmStudioApi {

        private final LmStudioApi api;

        AnnouncingApi(LmStudioApi api) {
            this.api = api;
        }

        @Override
        public ApiModelList list() throws LmStudioFailure, InterruptedException {
            return announced(api::list);
        }

        @Override
        public Set<String> loading() throws LmStudioFailure, InterruptedException {
            return announced(api::loading);
        }

        @Override
        public InferenceReply ask(String identifier, ModelType type, Duration timeout)
                throws LmStudioFailure, InterruptedException {
            return announced(() -> api.ask(identifier, type, timeout));
        }

        private <T> T announced(Reading.Query<T> query) throws LmStudioFailure, InterruptedException {
            try {
                return query.ask();
            } catch (InfrastructureFailure failure) {
                if (failure.kind() != InfrastructureFailure.Kind.UNREACHABLE) {
                    throw failure;
                }
                throw new InfrastructureFailure(
                        failure.kind(), "%s. %s".formatted(failure.explanation(), plan()), failure);
            }
        }
    }
}
