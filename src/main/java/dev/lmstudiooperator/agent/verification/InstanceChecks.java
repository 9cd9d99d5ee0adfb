package dev.lmstudiooperator.agent.verification;

import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.Drift;
import dev.lmstudiooperator.agent.plan.FailureReason;
import dev.lmstudiooperator.agent.plan.VerificationSchedule;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.util.List;
import java.util.Optional;

/** Checks an instance against the two independent sources: the CLI and the HTTP API. */
final class InstanceChecks {

    private InstanceChecks() {}

    /** The result that one source reports for one instance. */
    record CheckResult(VerificationResult result, Reason reason, String statement) {

        static CheckResult inFavour(String statement) {
            return new CheckResult(VerificationResult.PASSED, Reason.VERIFIED, statement);
        }

        static CheckResult against(String statement) {
            return new CheckResult(VerificationResult.FAILED, Reason.VERIFICATION_FAILED, statement);
        }

        static CheckResult missing(Reason reason, String statement) {
            return new CheckResult(VerificationResult.UNKNOWN, reason, statement);
        }
    }

    /**
     * @param isEarlierValid whether an earlier verification is still valid; if so, an {@code lms ps} that cannot list any instance
     *     does not contradict it
     */
    static CheckResult cli(Desired desired, Observation observation, boolean isEarlierValid) {
        return switch (observation.loaded()) {
            case Reading.Unknown<List<Instance>> unknown
            when isEarlierValid && VerificationSchedule.isUnlistable(unknown.why()) ->
                CheckResult.inFavour("lms ps cannot list any instance; the last verification stands: "
                        + unknown.why().explanation());
            case Reading.Unknown<List<Instance>> unknown ->
                CheckResult.missing(
                        FailureReason.of(unknown.why()),
                        "lms ps failed: " + unknown.why().explanation());
            case Reading.Known<List<Instance>> known ->
                observation
                        .instance(desired.identifier())
                        .map(instance -> cli(desired, instance))
                        .orElseGet(() -> CheckResult.against("lms ps does not list " + desired.identifier()));
        };
    }

    private static CheckResult cli(Desired desired, Instance instance) {
        Drift drift = Drift.between(desired, instance);
        return drift.exists()
                ? CheckResult.against("lms ps lists %s, but %s".formatted(instance.identifier(), drift.describe()))
                : CheckResult.inFavour("lms ps lists %s: model %s, TTL %d s, context length %d"
                        .formatted(
                                instance.identifier(),
                                instance.modelKey(),
                                desired.ttl().toSeconds(),
                                instance.contextLength()));
    }

    /**
     * @param isEarlierValid whether an earlier verification is still valid; if so, this instance has finished loading, and a load
     *     that LM Studio reports is another one
     */
    static CheckResult api(Desired desired, Observation observation, boolean isEarlierValid) {
        if (!isEarlierValid
                && observation
                        .loading()
                        .known()
                        .filter(keys -> keys.contains(desired.modelKey()))
                        .isPresent()) {
            return CheckResult.missing(Reason.LOADING, "LM Studio is still loading " + desired.modelKey());
        }
        return switch (observation.served()) {
            case Reading.Unknown<ApiModelList> unknown ->
                CheckResult.missing(
                        FailureReason.ofApi(unknown.why()),
                        "The HTTP API did not answer: " + unknown.why().explanation());
            case Reading.Known<ApiModelList> known -> api(desired, observation, known.value());
        };
    }

    private static CheckResult api(Desired desired, Observation observation, ApiModelList served) {
        Optional<ServedInstance> found = served.find(desired.identifier(), desired.modelKey());
        if (found.isEmpty()) {
            return CheckResult.against("The HTTP API does not list %s as a loaded instance of %s"
                    .formatted(desired.identifier(), desired.modelKey()));
        }
        return observation
                .instance(desired.identifier())
                .flatMap(instance -> contradiction(instance, found.get()))
                .orElseGet(() -> CheckResult.inFavour("The HTTP API lists %s as a loaded instance of %s"
                        .formatted(desired.identifier(), desired.modelKey())));
    }

    private static Optional<CheckResult> contradiction(Instance instance, ServedInstance served) {
        Integer contextLength = served.contextLength();
        if (contextLength != null && contextLength != instance.contextLength()) {
            return Optional.of(CheckResult.against("The HTTP API lists %s with another context length, %d"
                    .formatted(instance.identifier(), contextLength)));
        }
        Integer parallel = served.parallel();
        return parallel != null && instance.parallel() != null && !parallel.equals(instance.parallel())
                ? Optional.of(CheckResult.against("The HTTP API lists %s with another parallelism, %d"
                        .formatted(instance.identifier(), parallel)))
                : Optional.empty();
    }
}
