package dev.lmstudiooperator.agent.observer;

import dev.lmstudiooperator.lmstudio.ServerInfo;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LmStudioServer;
import dev.lmstudiooperator.lmstudio.Observation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what LM Studio says of itself: at first, when a way to it opens or closes, as when it is restarted, and once in
 * a long while. What can only be learnt from a process of {@code lms} is asked for when {@code lms} or LM Studio was
 * replaced. An answer that did not come is absent, and not the one before: it may be another LM Studio by now.
 */
public final class ServerInfoCollector {

    private final LmStudioCli cli;
    private final LmStudioServer server;
    private final ObserverSettings settings;
    private final Executor executor;
    private final InstantSource clock;

    private @Nullable Observation asked;
    private Instant nextAt = Instant.MIN;
    private boolean isAsking;
    private volatile @Nullable ServerInfo found;

    // Of the one question that is under way at most.
    private @Nullable String cliVersion;
    private String fileStamp = "";
    private @Nullable String lastServerVersion;

    /**
     * @param settings say how often it is asked: as often as for the models on disk, or as {@code lms ps} is while an answer
     *     is missing
     * @param executor for the questions, which take seconds at worst
     */
    public ServerInfoCollector(
            LmStudioCli cli, LmStudioServer server, ObserverSettings settings, Executor executor, InstantSource clock) {
        this.cli = cli;
        this.server = server;
        this.settings = settings;
        this.executor = executor;
        this.clock = clock;
    }

    /** What was found out; empty until everything has been asked for once. */
    public Optional<ServerInfo> found() {
        return Optional.ofNullable(found);
    }

    /** What was seen last, after each round of looking. The questions are asked elsewhere: who looks is not held up. */
    public void looked(Observation observation) {
        synchronized (this) {
            if (isAsking || !isDue(observation)) {
                return;
            }
            isAsking = true;
            asked = observation;
        }
        executor.execute(this::ask);
    }

    private boolean isDue(Observation observation) {
        return asked == null
                || Change.between(asked, observation) instanceof Change.Everything
                || !clock.instant().isBefore(nextAt);
    }

    private void ask() {
        Duration pause = settings.resyncInterval();
        try {
            String serverVersion = answer(server::version);
            Boolean wantsToken = answer(server::wantsToken);
            found = new ServerInfo(
                    cliVersion(serverVersion),
                    serverVersion,
                    server.isJitLoading().orElse(null),
                    wantsToken);
            if (serverVersion != null && wantsToken != null) {
                pause = settings.inventoryInterval();
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
        isAsking = false;
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

    private static <T> @Nullable T answer(Question<T> question) throws InterruptedException {
        try {
            return question.ask();
        } catch (LmStudioFailure failure) {
            return null;
        }
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask() throws LmStudioFailure, InterruptedException;
    }
}
