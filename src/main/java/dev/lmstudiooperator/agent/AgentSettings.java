package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.lmstudionode.NodeStatusSyncer;
import dev.lmstudiooperator.agent.observer.Observer;
import dev.lmstudiooperator.config.LocalUrl;
import dev.lmstudiooperator.config.NodeIdentity;
import dev.lmstudiooperator.config.OperatorConfig;
import dev.lmstudiooperator.lmstudio.Backoff;
import dev.lmstudiooperator.lmstudio.LmStudioCli.ServerAddress;
import dev.lmstudiooperator.lmstudio.cli.LmsSettings;
import dev.lmstudiooperator.lmstudio.http.HttpSettings;
import dev.lmstudiooperator.lmstudio.resilience.ResilienceSettings;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/** Converts the configuration into the settings of the agent's components. */
@ApplicationScoped
class AgentSettings {

    private static final int ANSWER_BYTES = 32 * 1024 * 1024;
    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(2);

    /** {@code lms ps}, which is repeated when it loses a race with an eviction, and {@code lms ls}. */
    private static final int CALLS_IN_A_ROUND = 4;

    private static final Duration LONGEST_RETRY_PAUSE = Duration.ofMinutes(5);

    /** Extra time for a machine that is busy with a load. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private final OperatorConfig config;
    private final NodeIdentity identity;

    AgentSettings(OperatorConfig config, NodeIdentity identity) {
        this.config = config;
        this.identity = identity;
    }

    boolean isAgent() {
        return config.role().isAgent();
    }

    LmsSettings lms() {
        OperatorConfig.Lms lms = config.lms();
        return new LmsSettings(
                lms.path(),
                lms.home(),
                lms.apiServerInfoPath().orElse(lms.home().resolve(".lmstudio/.internal/http-server.json")),
                lms.workDir(),
                new LmsSettings.Deadlines(
                        lms.readTimeout(),
                        lms.loadTimeout(),
                        lms.unloadTimeout(),
                        lms.downloadTimeout(),
                        lms.serverStartTimeout()),
                lms.terminationGracePeriod(),
                ANSWER_BYTES);
    }

    ResilienceSettings guard() {
        OperatorConfig.Retry retry = config.retry();
        return new ResilienceSettings(
                retry.maxRetries(),
                retry.delay(),
                retry.maxDelay(),
                retry.jitter(),
                config.circuitBreaker().failureThreshold(),
                config.circuitBreaker().delay(),
                config.lms().maxConcurrentReads());
    }

    /**
     * Backoff for operations that change LM Studio. Unlike retries of a read, these retries never end, and their pauses
     * grow up to a maximum.
     */
    Backoff retryBackoff() {
        return new Backoff(config.retry().delay(), LONGEST_RETRY_PAUSE);
    }

    /** How long the agent waits until Services send no requests to an instance that it has to unload. */
    Duration withdrawalTimeout() {
        return config.services().withdrawalTimeout();
    }

    HttpSettings http() {
        OperatorConfig.Http http = config.http();
        return new HttpSettings(
                http.url(), http.tokenFile().orElse(null), CONNECT_DEADLINE, http.timeout(), ANSWER_BYTES);
    }

    /** Where the agent starts LM Studio's HTTP server when it is off; empty if the agent must not start it. */
    Optional<ServerAddress> serverToStart() {
        OperatorConfig.Http http = config.http();
        return http.startServer()
                ? LocalUrl.addressOf(http.url())
                        .map(address -> new ServerAddress(address.getHostAddress(), LocalUrl.portOf(http.url())))
                : Optional.empty();
    }

    Observer.Intervals observer() {
        OperatorConfig.Observer observer = config.observer();
        return new Observer.Intervals(
                observer.pollInterval(),
                observer.resyncInterval(),
                observer.resyncIntervalWithoutApi(),
                observer.inventoryInterval());
    }

    NodeStatusSyncer.Settings node() {
        return new NodeStatusSyncer.Settings(
                identity.name(),
                config.nodeLabels(),
                config.http().url(),
                config.modelMemoryBytes().orElse(null));
    }

    /** Longest possible duration of one observation if every call hangs, including the pause before it. */
    Duration longestPoll() {
        OperatorConfig.Lms lms = config.lms();
        ResilienceSettings guard = guard();
        Duration call = lms.readTimeout()
                .plus(lms.terminationGracePeriod().multipliedBy(2))
                .multipliedBy(guard.retries() + 1L)
                .plus(guard.longestPauses());
        return config.observer()
                .pollInterval()
                .plus(CONNECT_DEADLINE)
                .plus(config.http().timeout())
                .plus(call.multipliedBy(CALLS_IN_A_ROUND))
                .plus(MARGIN);
    }
}
