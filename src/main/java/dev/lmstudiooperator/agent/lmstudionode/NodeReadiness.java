package dev.lmstudiooperator.agent.lmstudionode;

import dev.lmstudiooperator.agent.plan.FailureReason;
import dev.lmstudiooperator.agent.plan.VerificationSchedule;
import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.TextSanitizer;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Evaluates whether the agent can use LM Studio and verify its models. The first source that fails determines the
 * reason.
 */
record NodeReadiness(ConditionStatus truth, Reason reason, String message) {

    static NodeReadiness of(Observation observation) {
        return unlistable(observation)
                .or(() -> lms("lms ps", observation.loaded()))
                .or(() -> api(observation.served()))
                .or(() -> lms("lms ls", observation.downloaded()))
                .orElseGet(() -> new NodeReadiness(
                        ConditionStatus.TRUE, Reason.REACHABLE, "LM Studio answers the CLI and the HTTP API"));
    }

    /** One instance of another client makes the whole list fail, and {@code lms} does not report which one it is. */
    private static Optional<NodeReadiness> unlistable(Observation observation) {
        return observation
                .loaded()
                .failure()
                .filter(VerificationSchedule::isUnlistable)
                .map(why -> unlistableInstances(observation))
                .filter(unlistableInstances -> !unlistableInstances.isEmpty())
                .map(unlistableInstances -> broken(
                        Reason.UNREADABLE_OUTPUT,
                        "lms ps cannot list any model while a model of this format is loaded: %s. Unload it in LM Studio, or load a GGUF or safetensors version instead"
                                .formatted(unlistableInstances)));
    }

    /**
     * Returns the instances in the HTTP API whose model format {@code lms ps} cannot list; empty if the API lists none.
     */
    private static String unlistableInstances(Observation observation) {
        return observation.served().known().stream()
                .flatMap(served -> served.instances().stream())
                .flatMap(instance -> observation.localModels(instance.modelKey()).stream()
                        .filter(model -> !model.isListable())
                        .map(model -> unlistableInstance(instance, model)))
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /** Before LM Studio 0.4, the API lists only models. */
    private static String unlistableInstance(ServedInstance instance, DownloadedModel model) {
        String identifier = instance.identifier();
        return TextSanitizer.clean(
                identifier == null
                        ? "an instance of %s (format %s)".formatted(model.modelKey(), model.format())
                        : "%s (model %s, format %s)".formatted(identifier, model.modelKey(), model.format()));
    }

    private static Optional<NodeReadiness> lms(String call, Reading<?> reading) {
        return reading.failure().map(why -> broken(ofList(why), call + " failed: " + why.explanation()));
    }

    private static Optional<NodeReadiness> api(Reading<?> reading) {
        return reading.failure()
                .map(why -> broken(FailureReason.ofApi(why), "The HTTP API did not answer: " + why.explanation()));
    }

    /** If LM Studio refuses the list, the refusal does not concern the model of a single ManagedModel. */
    private static Reason ofList(LmStudioFailure why) {
        return switch (why) {
            case InfrastructureFailure infrastructure -> FailureReason.of(infrastructure);
            case DomainFailure domain -> Reason.UNREADABLE_OUTPUT;
        };
    }

    /** Ready is Unknown only before the first attempt. After a failed attempt it is False. */
    private static NodeReadiness broken(Reason reason, String message) {
        return new NodeReadiness(
                reason == Reason.OBSERVING ? ConditionStatus.UNKNOWN : ConditionStatus.FALSE, reason, message);
    }
}
