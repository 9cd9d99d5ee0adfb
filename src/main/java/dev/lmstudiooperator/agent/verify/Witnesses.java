package dev.lmstudiooperator.agent.verify;

import dev.lmstudiooperator.agent.plan.Checks;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.Drift;
import dev.lmstudiooperator.agent.plan.FailureReason;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.Served;
import dev.lmstudiooperator.lmstudio.ServedInstance;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Asks the two bookkeepers: the CLI, and the HTTP API. */
final class Witnesses {

    private Witnesses() {}

    /** @param isStanding whether an earlier verification stands: then what lms cannot list says nothing against it */
    static Testimony cli(Desired desired, Observation observation, boolean isStanding) {
        return switch (observation.loaded()) {
            case Reading.Unknown<List<Instance>> unknown
            when isStanding && Checks.isUnlistable(unknown.why()) ->
                Testimony.inFavour("lms ps cannot list any instance; the last verification stands: "
                        + unknown.why().explanation());
            case Reading.Unknown<List<Instance>> unknown ->
                Testimony.missing(
                        FailureReason.of(unknown.why()),
                        "lms ps failed: " + unknown.why().explanation());
            case Reading.Known<List<Instance>> known ->
                observation
                        .instance(desired.identifier())
                        .map(instance -> cli(desired, instance))
                        .orElseGet(() -> Testimony.against("lms ps does not list " + desired.identifier()));
        };
    }

    private static Testimony cli(Desired desired, Instance instance) {
        Drift drift = Drift.between(desired, instance);
        return drift.exists()
                ? Testimony.against("lms ps lists %s, but %s".formatted(instance.identifier(), drift.describe()))
                : Testimony.inFavour("lms ps lists %s: model %s, TTL %d s, context length %d"
                        .formatted(
                                instance.identifier(),
                                instance.modelKey(),
                                desired.ttl().toSeconds(),
                                instance.contextLength()));
    }

    /** @param isStanding whether an earlier verification stands: then the model is not loading, whatever else does */
    static Testimony api(Desired desired, Observation observation, boolean isStanding) {
        if (!isStanding
                && observation.loading() instanceof Reading.Known<Set<String>> loading
                && loading.value().contains(desired.modelKey())) {
            return Testimony.missing(Reason.LOADING, "LM Studio is still loading " + desired.modelKey());
        }
        return switch (observation.served()) {
            case Reading.Unknown<Served> unknown ->
                Testimony.missing(
                        FailureReason.ofApi(unknown.why()),
                        "The HTTP API did not answer: " + unknown.why().explanation());
            case Reading.Known<Served> known -> api(desired, observation, known.value());
        };
    }

    private static Testimony api(Desired desired, Observation observation, Served served) {
        Optional<ServedInstance> found = served.find(desired.identifier(), desired.modelKey());
        if (found.isEmpty()) {
            return Testimony.against("The HTTP API does not list %s as a loaded instance of %s"
                    .formatted(desired.identifier(), desired.modelKey()));
        }
        return observation
                .instance(desired.identifier())
                .flatMap(instance -> contradiction(instance, found.get()))
                .orElseGet(() -> Testimony.inFavour("The HTTP API lists %s as a loaded instance of %s"
                        .formatted(desired.identifier(), desired.modelKey())));
    }

    private static Optional<Testimony> contradiction(Instance instance, ServedInstance served) {
        Integer contextLength = served.contextLength();
        if (contextLength != null && contextLength != instance.contextLength()) {
            return Optional.of(Testimony.against("The HTTP API lists %s with another context length, %d"
                    .formatted(instance.identifier(), contextLength)));
        }
        Integer parallel = served.parallel();
        return parallel != null && instance.parallel() != null && !parallel.equals(instance.parallel())
                ? Optional.of(Testimony.against("The HTTP API lists %s with another parallelism, %d"
                        .formatted(instance.identifier(), parallel)))
                : Optional.empty();
    }
}
