package dev.lmstudiooperator.metrics;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSetStatus;
import dev.lmstudiooperator.metrics.Meters.Sample;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Samples of ManagedModelSets. */
final class SetSamples {

    /** What the status of a set counts. */
    enum State {
        DESIRED,
        CURRENT,
        UPDATED,
        READY,
        AVAILABLE;

        private @Nullable Integer in(ManagedModelSetStatus status) {
            return switch (this) {
                case DESIRED -> status.desiredReplicas();
                case CURRENT -> status.replicas();
                case UPDATED -> status.updatedReplicas();
                case READY -> status.readyReplicas();
                case AVAILABLE -> status.availableReplicas();
            };
        }
    }

    private SetSamples() {}

    static Stream<Sample> replicas(ManagedModelSet set) {
        ManagedModelSetStatus status = set.getStatus();
        return status == null
                ? Stream.empty()
                : Arrays.stream(State.values()).flatMap(state -> Stream.ofNullable(state.in(status))
                        .map(count -> Sample.of(
                                count,
                                set.getMetadata().getNamespace(),
                                set.getMetadata().getName(),
                                state.name().toLowerCase(Locale.ROOT))));
    }

    static Stream<Sample> conditions(ManagedModelSet set) {
        return ConditionSamples.of(
                set,
                Optional.ofNullable(set.getStatus())
                        .map(ManagedModelSetStatus::conditions)
                        .orElse(List.of()));
    }
}
