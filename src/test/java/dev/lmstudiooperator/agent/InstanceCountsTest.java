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
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests how instances are counted by kind. */
class InstanceCountsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Optional<Set<String>> CHAT = Optional.of(Set.of("chat"));

    @Test
    void instanceWithoutAManagedModelIsUnmanaged() {
        assertThat(InstanceCounts.of(loaded("chat", "by-hand"), CHAT)).isEqualTo(instanceCounts(2, 1, 0));
    }

    @Test
    void secondCopyOfAManagedInstanceIsADuplicate() {
        assertThat(InstanceCounts.of(loaded("chat", "chat:2", "chat:3"), CHAT)).isEqualTo(instanceCounts(3, 2, 2));
    }

    @Test
    void secondCopyOfAnInstanceNamedByItsKeyIsADuplicate() {
        assertThat(InstanceCounts.of(loaded("qwen/qwen3-8b", "qwen/qwen3-8b:2"), CHAT))
                .isEqualTo(instanceCounts(2, 2, 1));
    }

    @Test
    void secondCopyOfAnUnmanagedInstanceIsADuplicate() {
        assertThat(InstanceCounts.of(loaded("mine", "mine:2"), CHAT)).isEqualTo(instanceCounts(2, 2, 1));
    }

    @Test
    void numberedIdentifierWithoutAnOriginalIsNotADuplicate() {
        assertThat(InstanceCounts.of(loaded("mine:2"), CHAT)).isEqualTo(instanceCounts(1, 1, 0));
    }

    @Test
    void copyThatAManagedModelNamesIsNeitherUnmanagedNorADuplicate() {
        assertThat(InstanceCounts.of(loaded("chat", "chat:2"), Optional.of(Set.of("chat", "chat:2"))))
                .isEqualTo(instanceCounts(2, 0, 0));
    }

    @Test
    void instanceOfALinkedDeviceIsNotCounted() {
        Observation observation = observation(new Reading.Known<>(List.of(instance("far", "laptop")), NOW));

        assertThat(InstanceCounts.of(observation, CHAT)).isEqualTo(instanceCounts(0, 0, 0));
    }

    @Test
    void noInstanceIsUnmanagedBeforeTheManagedModelsAreKnown() {
        assertThat(InstanceCounts.of(loaded("chat"), Optional.empty()))
                .isEqualTo(new InstanceCounts(OptionalInt.of(1), OptionalInt.empty(), OptionalInt.empty()));
    }

    @Test
    void failedObservationCountsNothing() {
        Observation unknown = observation(
                new Reading.Unknown<>(new InfrastructureFailure(InfrastructureFailure.Kind.UNREACHABLE, "no"), NOW));

        assertThat(InstanceCounts.of(unknown, CHAT))
                .isEqualTo(new InstanceCounts(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty()));
    }

    private static InstanceCounts instanceCounts(int active, int unmanaged, int duplicates) {
        return new InstanceCounts(OptionalInt.of(active), OptionalInt.of(unmanaged), OptionalInt.of(duplicates));
    }

    private static Observation loaded(String... identifiers) {
        return observation(new Reading.Known<>(
                List.of(identifiers).stream()
                        .map(identifier -> instance(identifier, null))
                        .toList(),
                NOW));
    }

    private static Observation observation(Reading<List<Instance>> loaded) {
        return anObservation(NOW).loaded(loaded).build();
    }

    private static Instance instance(String identifier, @Nullable String device) {
        return anInstance(identifier, "qwen/qwen3-8b").device(device).build();
    }
}
