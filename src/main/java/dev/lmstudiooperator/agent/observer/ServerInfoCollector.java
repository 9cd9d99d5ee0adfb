package dev.lmstudiooperator.agent.observer;

import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioServer;
import dev.lmstudiooperator.lmstudio.LmStudioServer.ServerInfo;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Collects the information that LM Studio reports about itself. It does so at the start, when a connection to LM Studio
 * opens or closes, for example on a restart, and at long intervals. It runs {@code lms} only when {@code lms} or LM
 * Studio was replaced. A missing answer is absent and does not keep the previous value, because LM Studio may have been
 * replaced.
 */
public final class ServerInfoCollector {

    private final LmStudioCli cli;
    private final LmStudioServer server;
    private final Observer.Intervals intervals;
    private final Executor executor;
    private final InstantSource clock;

    private @Nullable Observation lastObservation;
    private Instant nextAt = Instant.MIN;
    private boolean isCollecting;
    private volatile @Nullable ServerInfo found;

    // Accessed only by the query that is running, of which there is at most one.
    private @Nullable String cliVersion;
    private String fileStamp = "";
    private @Nullable String lastServerVersion;

    /**
     * @param intervals the inventory interval, or the resync interval while an answer is missing
     * @param executor runs the queries, which take seconds in the worst case
     */
    public ServerInfoCollector(
            LmStudioCli cli,
            LmStudioServer server,
            Observer.Intervals intervals,
            Executor executor,
            InstantSource clock) {
        this.cli = cli;
        this.server = server;
        this.intervals = intervals;
        this.executor = executor;
        this.clock = clock;
    }

    /** The collected information; empty until the first collection is complete. */
    public Optional<ServerInfo> found() {
        return Optional.ofNullable(found);
    }

    /** Receives each completed observation. The queries run on the executor, so that they do not block the observer. */
    public void observed(Observation observation) {
        synchronized (this) {
            if (isCollecting || !isDue(observation)) {
                return;
            }
            isCollecting = true;
            lastObservation = observation;
        }
        executor.execute(this::collect);
    }

    private boolean isDue(Observation observation) {
        return lastObservation == null
                || Change.between(lastObservation, observation) instanceof Change.Everything
                || !clock.instant().isBefore(nextAt);
    }

    private void collect() {
        Duration pause = intervals.resync();
        try {
            String serverVersion = answer(server::version);
            Boolean wantsToken = answer(server::wantsToken);
            found = new ServerInfo(
                    cliVersion(serverVersion),
                    serverVersion,
                    server.isJitLoading().orElse(null),
                    wantsToken);
            if (serverVersion != null && wantsToken != null) {
                pause = intervals.inventory();
            }
        } catch (InterruptedException e) {
            // The agent is stopping.
            Thread.currentThread().interrupt();
        } finally {
            ended(pause);
        }
    }

    private synchronized void ended(Duration pause) {
        nextAt = clock.instant().plus(pause);
        isCollecting = false;
    }

    private @Nullable String cliVersion(@Nullable String serverVersion) throws InterruptedException {
        String stamp = cli.fileStamp();
        boolean isServerReplaced =
                serverVersion != null && lastServerVersion != null && !serverVersion.equals(lastServerVersion);
        if (cliVersion == null || isServerReplaced || !stamp.equals(fileStamp)) {
            cliVersion = answer(cli::version);
            fileStamp = stamp;
        }
        lastServerVersion = serverVersion == null ? lastServerVersion : serverVersion;
        return cliVersion;
    }

    private <T> @Nullable T answer(Reading.Query<T> query) throws InterruptedException {
        return Reading.of(query, clock.instant()).known().orElse(null);
    }
}
