package dev.lmstudiooperator.agent.observer;

import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests how long an instance has been busy without progress. */
class BusyInstancesTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(60);
    private static final Instance BUSY = instance(Activity.GENERATING, 1, NOW.minusSeconds(5), null);

    private final Observation idle = observation(Map.of(), instance(Activity.IDLE, 0, null, null));
    private final Observation busy = observation(Map.of("chat", NOW.minusSeconds(30)), BUSY);

    @Test
    void instanceIsBusySinceTheFirstObservationThatShowsIt() {
        assertThat(LmStudioReader.busySince(idle, look(BUSY))).containsExactly(Map.entry("chat", LATER));
    }

    @Test
    void instanceThatIsUsedAsBeforeMakesNoProgress() {
        assertThat(LmStudioReader.busySince(busy, look(BUSY))).isEqualTo(busy.busySince());
    }

    @Test
    void anyOtherUseIsProgress() {
        List<Instance> others = List.of(
                instance(Activity.PROCESSING_PROMPT, 1, NOW.minusSeconds(5), null),
                instance(Activity.GENERATING, 2, NOW.minusSeconds(5), null),
                instance(Activity.GENERATING, 1, NOW, null),
                instance(Activity.GENERATING, 1, null, null));

        assertThat(others).allSatisfy(other -> assertThat(LmStudioReader.busySince(busy, look(other)))
                .containsExactly(Map.entry("chat", LATER)));
    }

    @Test
    void idleInstancesAndThoseOfLinkedDevicesAreLeftOut() {
        assertThat(LmStudioReader.busySince(busy, look(instance(Activity.IDLE, 0, null, null))))
                .isEmpty();
        assertThat(LmStudioReader.busySince(idle, look(instance(Activity.GENERATING, 1, null, "laptop"))))
                .isEmpty();
    }

    @Test
    void failedOrOldObservationChangesNothing() {
        Reading<List<Instance>> failed = new Reading.Unknown<>(
                new InfrastructureFailure(InfrastructureFailure.Kind.UNREACHABLE, "no answer"), LATER);

        assertThat(LmStudioReader.busySince(busy, failed)).isEqualTo(busy.busySince());
        assertThat(LmStudioReader.busySince(busy, new Reading.Known<>(List.of(), NOW)))
                .isEqualTo(busy.busySince());
    }

    private static Reading<List<Instance>> look(Instance instance) {
        return new Reading.Known<>(List.of(instance), LATER);
    }

    private static Observation observation(Map<String, Instant> busySince, Instance instance) {
        return anObservation(NOW)
                .loaded(instance)
                .loadingAt(NOW)
                .busySince(busySince)
                .build();
    }

    private static Instance instance(Activity activity, int queued, @Nullable Instant usedAt, @Nullable String device) {
        return anInstance("chat", "qwen")
                .usedAt(usedAt)
                .activity(activity)
                .queued(queued)
                .device(device)
                .build();
    }
}
