package dev.lmstudiooperator.agent;

import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests that an unmanaged instance is logged once each time it appears. */
class UnmanagedInstanceLoggerTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Instance CHAT = instance("chat", null);
    private static final Instance BY_HAND = instance("by-hand", null);

    private final UnmanagedInstanceLogger unmanaged = new UnmanagedInstanceLogger();

    @Test
    void onlyInstancesWithoutAManagedModelAreUnmanaged() {
        assertThat(unmanaged.newInstances(loaded(CHAT, BY_HAND), Set.of("chat")))
                .containsExactly(BY_HAND);
    }

    @Test
    void instanceOfALinkedDeviceTakesNoMemoryHere() {
        assertThat(unmanaged.newInstances(loaded(instance("far", "laptop")), Set.of()))
                .isEmpty();
    }

    @Test
    void instanceThatStaysIsReportedOnce() {
        unmanaged.newInstances(loaded(BY_HAND), Set.of());

        assertThat(unmanaged.newInstances(loaded(BY_HAND), Set.of())).isEmpty();
        assertThat(unmanaged.newInstances(loaded(BY_HAND, CHAT), Set.of())).containsExactly(CHAT);
    }

    @Test
    void instanceThatReturnsIsReportedAgain() {
        unmanaged.newInstances(loaded(BY_HAND), Set.of());
        unmanaged.newInstances(loaded(), Set.of());

        assertThat(unmanaged.newInstances(loaded(BY_HAND), Set.of())).containsExactly(BY_HAND);
    }

    @Test
    void failedObservationReportsNothing() {
        unmanaged.newInstances(loaded(BY_HAND), Set.of());
        Observation unknown = observation(
                new Reading.Unknown<>(new InfrastructureFailure(InfrastructureFailure.Kind.UNREACHABLE, "no"), NOW));

        assertThat(unmanaged.newInstances(unknown, Set.of())).isEmpty();
        assertThat(unmanaged.newInstances(loaded(BY_HAND), Set.of())).isEmpty();
    }

    private static Observation loaded(Instance... instances) {
        return observation(new Reading.Known<>(List.of(instances), NOW));
    }

    private static Observation observation(Reading<List<Instance>> loaded) {
        return anObservation(NOW).loaded(loaded).build();
    }

    private static Instance instance(String identifier, @Nullable String device) {
        return anInstance(identifier, "qwen/qwen3-8b").device(device).build();
    }
}
