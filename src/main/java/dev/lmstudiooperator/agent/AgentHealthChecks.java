package dev.lmstudiooperator.agent;

import static java.util.Objects.requireNonNull;

import dev.lmstudiooperator.agent.lease.NodeLeaseController;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.jspecify.annotations.Nullable;

/** The health checks of the agent. Without the role {@code agent}, its readiness checks always succeed. */
class AgentHealthChecks {

    /**
     * Checks that the agent still observes LM Studio. A failed observation counts as well: if LM Studio does not answer
     * or does not exist, a restart of the agent does not help. The check also succeeds before the first observation,
     * while another process on this machine is the agent.
     */
    @Produces
    @Liveness
    @Singleton
    HealthCheck observation(AgentRuntime agent, AgentSettings settings, SteadyClock clock) {
        Duration longestPoll = settings.longestPoll();
        return () -> observation(agent.observer().pollEndedAt(), longestPoll, clock.instant());
    }

    static HealthCheckResponse observation(Optional<Instant> pollEndedAt, Duration longestPoll, Instant now) {
        boolean isStuck =
                pollEndedAt.filter(time -> now.isAfter(time.plus(longestPoll))).isPresent();
        return HealthCheckResponse.named("The agent polls LM Studio")
                .status(!isStuck)
                .withData(
                        "lastRoundEndedAt", pollEndedAt.map(Instant::toString).orElse("the poll loop has not started"))
                .withData("longestRoundSeconds", longestPoll.toSeconds())
                .build();
    }

    /**
     * Fails if a mount of the container shows an LM Studio folder that was replaced. Only a new container mounts the
     * new folder.
     */
    @Produces
    @Liveness
    @Singleton
    HealthCheck mounts(AgentSettings settings) {
        MountedFolders folders = new MountedFolders(List.of(
                requireNonNull(settings.lms().executable().getParent()),
                requireNonNull(settings.lms().apiServerInfoPath().getParent())));
        return () -> mounts(folders.stale());
    }

    static HealthCheckResponse mounts(List<Path> stale) {
        return HealthCheckResponse.named("LM Studio's folders are mounted")
                .status(stale.isEmpty())
                .withData("replaced", stale.stream().map(Path::toString).collect(Collectors.joining(", ")))
                .build();
    }

    /** Reports not ready while another process is, or may be, the agent of this node. */
    @Produces
    @Readiness
    @Singleton
    HealthCheck lease(AgentSettings settings, NodeLeaseController nodeLease) {
        return () -> ready(
                "This process is the agent of the node",
                settings.isAgent() ? nodeLease.leaseStatus().blockedReason() : null);
    }

    /**
     * Reports not ready until LM Studio has answered once. Until then, the agent is misconfigured or LM Studio has not
     * started. If LM Studio becomes unreachable later, the agent stays ready and reports it in the LMStudioNode.
     */
    @Produces
    @Readiness
    @Singleton
    HealthCheck lmStudio(AgentSettings settings, AgentRuntime agent) {
        return () -> ready(
                "LM Studio has answered since the agent started",
                settings.isAgent() && !agent.hasAnswered()
                        ? agent.observer()
                                .current()
                                .loaded()
                                .failure()
                                .map(LmStudioFailure::explanation)
                                .orElse("")
                        : null);
    }

    /** @param blockedReason why the process is not ready; null if it is */
    private static HealthCheckResponse ready(String name, @Nullable String blockedReason) {
        return blockedReason == null
                ? HealthCheckResponse.named(name).up().build()
                : HealthCheckResponse.named(name)
                        .down()
                        .withData("why", blockedReason)
                        .build();
    }
}
