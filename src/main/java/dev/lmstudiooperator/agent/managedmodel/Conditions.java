package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.Phase;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Creates the agent's conditions, and the phase that summarizes them. Reconciling and Stalled are present only while
 * true, and never together.
 */
final class Conditions {

    private Conditions() {}

    static List<Condition> of(ConditionSummary summary, StatusConditions.Setter writer) {
        List<Condition> conditions = new ArrayList<>();
        conditions.add(condition(ConditionType.READY, summary.ready(), summary, writer));
        conditions.add(condition(ConditionType.AVAILABLE, summary.available(), summary, writer));
        abnormal(summary.progress())
                .ifPresent(type -> conditions.add(condition(type, ConditionStatus.TRUE, summary, writer)));
        return conditions;
    }

    /** Keeps the conditions that the controller set with reason {@code AgentLost}, until the agent renews its Lease. */
    static List<Condition> keepAgentLost(List<Condition> conditions, List<Condition> current) {
        return conditions.stream()
                .map(condition -> current.stream()
                        .filter(other -> other.getType().equals(condition.getType()))
                        .filter(other -> other.getReason().equals(Reason.AGENT_LOST.text()))
                        .findFirst()
                        .orElse(condition))
                .toList();
    }

    /** Returns the Ready condition; empty if the status has none. */
    static Optional<Condition> ready(@Nullable ManagedModelStatus status) {
        return status == null ? Optional.empty() : StatusConditions.find(status.conditions(), ConditionType.READY);
    }

    /** Whether Services send requests to the instance, as the condition of the controller reports it. */
    static History.Publication publication(
            ManagedModelStatus status, @Nullable Instant withdrawalBeganAt, Duration timeout) {
        return StatusConditions.find(status.conditions(), ConditionType.PUBLISHED)
                .map(published -> new History.Publication(
                        true,
                        !published.getStatus().equals(ConditionStatus.FALSE.text()),
                        StatusConditions.isTrue(status.conditions(), ConditionType.AVAILABLE),
                        withdrawalBeganAt,
                        timeout))
                .orElse(History.Publication.NONE);
    }

    /** Derives the phase, a one-word summary for users, from the conditions. */
    static Phase phase(ConditionSummary summary) {
        if (summary.progress() == Progress.STALLED) {
            return Phase.FAILED;
        }
        return switch (summary.reason()) {
            case VERIFIED -> Phase.READY;
            case EXPIRED -> Phase.EXPIRED;
            case SUSPENDED -> Phase.SUSPENDED;
            case DOWNLOADING -> Phase.DOWNLOADING;
            case LOADING, EVICTED -> Phase.LOADING;
            case VERIFYING, VERIFICATION_FAILED, BUSY, STUCK -> Phase.VERIFYING;
            case DRAINING, UNLOADING, DRIFTED, DUPLICATED -> Phase.DRAINING;
            case BOUND,
                    NO_MATCHING_NODE,
                    AGENT_LOST,
                    NODE_GONE,
                    REACHABLE,
                    REPLICAS_READY,
                    REPLICAS_AVAILABLE,
                    NO_REPLICA_AVAILABLE,
                    ROLLING_OUT,
                    SCALING,
                    REPLICAS_NOT_READY,
                    ROLLOUT_FAILED,
                    FAILED_CREATE,
                    ENDPOINT_READY,
                    ENDPOINT_WITHDRAWN,
                    PROBE_SUCCEEDED,
                    PROBE_FAILED,
                    ADDRESS_NOT_USABLE,
                    ADDRESS_NOT_RESOLVED,
                    OBSERVING,
                    WAITING_FOR_TURN,
                    INSUFFICIENT_MEMORY,
                    LOAD_FAILED,
                    UNLOAD_FAILED,
                    OBSERVATION_FAILED,
                    MODEL_NOT_LOADABLE,
                    DOWNLOAD_FAILED,
                    DISK_FULL,
                    MODEL_NOT_FOUND,
                    INVALID_SPEC,
                    SETTINGS_NOT_HONORED,
                    IDENTIFIER_CONFLICT,
                    CLI_NOT_USABLE,
                    LM_STUDIO_UNREACHABLE,
                    SERVER_NOT_RUNNING,
                    NOT_AUTHENTICATED,
                    VERSION_MISMATCH,
                    UNREADABLE_OUTPUT,
                    CIRCUIT_BREAKER_OPEN,
                    TIMED_OUT -> Phase.PENDING;
        };
    }

    private static Optional<ConditionType> abnormal(Progress progress) {
        return switch (progress) {
            case SETTLED -> Optional.empty();
            case RECONCILING -> Optional.of(ConditionType.RECONCILING);
            case STALLED -> Optional.of(ConditionType.STALLED);
        };
    }

    private static Condition condition(
            ConditionType type, ConditionStatus truth, ConditionSummary summary, StatusConditions.Setter writer) {
        return writer.condition(type, truth, summary.reason(), summary.message());
    }
}
