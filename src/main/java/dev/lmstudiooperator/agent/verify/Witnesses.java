package dev.lmstudiooperator.agent.verify;

import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.Drift;
import dev.lmstudiooperator.agent.plan.FailureReason;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.Served;
import dev.lmstudiooperator.lmstudio.ServedInstance;
import java.util.List;
import java.util.Optional;

/** Asks the two bookkeepers: the CLI, and the HTTP API. */
final class Witnesses {

    private Witnesses() {}

    static Testimony cli(Desired desired, Observation observation) {
        return switch (observation.loaded()) {
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

    static Testimony api(Desired desired, Observation observation) {
        return switch (observation.served()) {
            case Reading.Unknown<Served> unknown ->
                Testimony.missing(
                        FailureReason.ofApi(unknown.why()),
                        "The HTTP API could not be asked: " + unknown.why().explanation());
            case Reading.Known<Served> known -> api(desired, observation, known.value());
        };
    }

    private static Testimony api(Desired desired, Observation observation, Served served) {
        Optional<ServedInstance> found = served.find(desired.identifier(), desired.modelKey());
        if (found.isEmpty()) {
            return Testimony.against("The HTTP API does not list %s as a loaded instance of %s"
                    .formatted(desired.identifier(), desired.modelKey()));
        }
        Integer contextLength = found.get().contextLength();
        boolean isContradiction = contextLength != null
                && observation
                        .instance(desired.identifier())
                        .filter(instance -> instance.contextLength() != contextLength)
                        .isPresent();
        return isContradiction
                ? Testimony.against("The HTTP API lists %s with another context length, %d"
                        .formatted(desired.identifier(), contextLength))
                : Testimony.inFavour("The HTTP API lists %s as a loaded instance of %s"
                        .formatted(desired.identifier(), desired.modelKey()));
    }
}
