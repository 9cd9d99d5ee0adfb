package dev.lmstudiooperator.agent.node;

import dev.lmstudiooperator.agent.plan.FailureReason;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.Truth;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.util.Optional;

/** Whether LM Studio can be driven, and what it serves can be proven: each way to it is open, or the first that is not says why. */
record NodeReadiness(Truth truth, Reason reason, String message) {

    static NodeReadiness of(Observation observation) {
        return lms("lms ps", observation.loaded())
                .or(() -> api(observation.served()))
                .or(() -> lms("lms ls", observation.downloaded()))
                .orElseGet(() ->
                        new NodeReadiness(Truth.TRUE, Reason.REACHABLE, "LM Studio answers lms and at its HTTP API"));
    }

    private static Optional<NodeReadiness> lms(String call, Reading<?> reading) {
        return failure(reading).map(why -> broken(ofList(why), call + " failed: " + why.explanation()));
    }

    private static Optional<NodeReadiness> api(Reading<?> reading) {
        return failure(reading)
                .map(why -> broken(FailureReason.ofApi(why), "The HTTP API could not be asked: " + why.explanation()));
    }

    /** Whatever LM Studio refuses to list, it speaks of no ManagedModel's model. */
    private static Reason ofList(LmStudioFailure why) {
        return switch (why) {
            case InfrastructureFailure infrastructure -> FailureReason.of(infrastructure);
            case DomainFailure domain -> Reason.UNREADABLE_OUTPUT;
        };
    }

    /** An agent that tried and failed knows; only one that has not tried does not. */
    private static NodeReadiness broken(Reason reason, String message) {
        return new NodeReadiness(reason == Reason.OBSERVING ? Truth.UNKNOWN : Truth.FALSE, reason, message);
    }

    private static Optional<LmStudioFailure> failure(Reading<?> reading) {
        return switch (reading) {
            case Reading.Known<?> known -> Optional.empty();
            case Reading.Unknown<?> unknown -> Optional.of(unknown.why());
        };
    }
}
