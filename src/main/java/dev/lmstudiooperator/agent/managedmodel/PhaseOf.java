package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.agent.plan.ConditionSummary;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.Phase;
import dev.lmstudiooperator.agent.plan.ConditionSummary.Progress;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.Phase;

/** Derives the phase, a one-word summary for users, from the conditions. */
final class PhaseOf {

    private PhaseOf() {}

    static Phase finding(ConditionSummary finding) {
        if (finding.progress() == Progress.STALLED) {
            return Phase.FAILED;
        }
        return switch (finding.reason()) {
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
}
