package dev.lmstudiooperator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Checks that the API server accepts the Events of {@link EventRecorder}. */
@WithControlPlane
class EventRecorderIT {

    private static final Instant WHOLE_SECOND = Instant.parse("2026-01-01T12:00:00Z");

    @Test
    void timeOfFewDigitsIsTaken(ControlPlane controlPlane) {
        TestNamespace namespace = controlPlane.createNamespace("events-of");
        HasMetadata object = controlPlane
                .admin()
                .resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace.name())
                        .withName("another")
                        .endMetadata()
                        .build())
                .create();
        EventRecorder recorder = new EventRecorder(controlPlane.admin(), "test");

        recorder.record(object, new EventData(false, "Happened", "It happened"), WHOLE_SECOND);
        recorder.record(
                object, new EventData(false, "Happened", "It happened"), WHOLE_SECOND.plus(Duration.ofMillis(20)));

        assertThat(controlPlane
                        .admin()
                        .events()
                        .v1()
                        .events()
                        .inNamespace(namespace.name())
                        .list()
                        .getItems())
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getEventTime().getTime()).isEqualTo("2026-01-01T12:00:00.000000Z");
                    assertThat(event.getSeries().getLastObservedTime().getTime())
                            .isEqualTo("2026-01-01T12:00:00.020000Z");
                });
    }
}
