package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;

/** Maps a failure of LM Studio to the reason of a condition. */
public final class FailureReason {

    private FailureReason() {}

    public static Reason of(LmStudioFailure failure) {
        return switch (failure) {
            case InfrastructureFailure infrastructure -> of(infrastructure.kind());
            case DomainFailure domain -> of(domain.kind());
        };
    }

    /** Unlike the connection of the CLI, the HTTP server is off on a fresh installation. */
    public static Reason ofApi(LmStudioFailure failure) {
        return failure.is(InfrastructureFailure.Kind.UNREACHABLE) ? Reason.SERVER_NOT_RUNNING : of(failure);
    }

    public static Reason ofOperation(ModelOperation operation, LmStudioFailure failure) {
        return failure instanceof DomainFailure refusal
                ? switch (operation) {
                    case ModelOperation.Load load -> ofLoad(refusal.kind());
                    case ModelOperation.Unload unload -> Reason.UNLOAD_FAILED;
                }
                : of(failure);
    }

    /** A listed model that is not found was removed a moment ago. The next list shows it. */
    private static Reason ofLoad(DomainFailure.Kind kind) {
        return switch (kind) {
            case INSUFFICIENT_MEMORY -> Reason.INSUFFICIENT_MEMORY;
            case IDENTIFIER_TAKEN -> Reason.IDENTIFIER_CONFLICT;
            case IDENTIFIER_RESERVED -> Reason.LOADING;
            case DISK_FULL -> Reason.DISK_FULL;
            case MODEL_NOT_FOUND,
                    DOWNLOAD_BROKE_OFF,
                    ENGINE_FAILED,
                    REFUSED,
                    INSTANCE_GONE,
                    IDENTIFIER_LOST,
                    UNLISTABLE_INSTANCE -> Reason.LOAD_FAILED;
        };
    }

    /** A failed download is retried whatever the cause, unless it requires manual intervention. */
    public static Reason ofDownload(LmStudioFailure failure) {
        Reason reason = of(failure);
        return reason == Reason.DISK_FULL || reason == Reason.MODEL_NOT_FOUND ? reason : Reason.DOWNLOAD_FAILED;
    }

    private static Reason of(InfrastructureFailure.Kind kind) {
        return switch (kind) {
            case NOT_OBSERVED_YET, CANCELLED -> Reason.OBSERVING;
            case CLI_MISSING, CLI_NOT_USABLE -> Reason.CLI_NOT_USABLE;
            case TIMED_OUT, TOO_MANY_CALLS -> Reason.TIMED_OUT;
            case CIRCUIT_OPEN -> Reason.CIRCUIT_BREAKER_OPEN;
            case KILLED, UNREACHABLE, UNKNOWN -> Reason.LM_STUDIO_UNREACHABLE;
            case NOT_AUTHENTICATED -> Reason.NOT_AUTHENTICATED;
            case VERSION_MISMATCH -> Reason.VERSION_MISMATCH;
            case UNREADABLE_OUTPUT -> Reason.UNREADABLE_OUTPUT;
        };
    }

    private static Reason of(DomainFailure.Kind kind) {
        return switch (kind) {
            case MODEL_NOT_FOUND -> Reason.MODEL_NOT_FOUND;
            case INSUFFICIENT_MEMORY -> Reason.INSUFFICIENT_MEMORY;
            case DISK_FULL -> Reason.DISK_FULL;
            case DOWNLOAD_BROKE_OFF -> Reason.DOWNLOAD_FAILED;
            case UNLISTABLE_INSTANCE -> Reason.UNREADABLE_OUTPUT;
            case IDENTIFIER_TAKEN, IDENTIFIER_RESERVED, IDENTIFIER_LOST, ENGINE_FAILED, REFUSED, INSTANCE_GONE ->
                Reason.OBSERVATION_FAILED;
        };
    }
}
