package dev.lmstudiooperator.agent.observer;

import static dev.lmstudiooperator.lmstudio.DownloadedModelBuilder.aDownloadedModel;
import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.ApiModelList.ServedInstance;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests which ManagedModels a new observation affects. */
class ChangeTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Reading<ApiModelList> NOTHING_SERVED = served();

    @Test
    void requestsOfClientsAreNoChange() {
        assertThat(Change.between(
                        of(loaded(instance("chat", 4096, Activity.IDLE, null)), NOTHING_SERVED),
                        of(loaded(instance("chat", 4096, Activity.GENERATING, NOW)), NOTHING_SERVED)))
                .isEqualTo(Change.NOTHING);
    }

    @Test
    void instanceConcernsTheManagedModelsThatNameIt() {
        Instance chat = instance("chat", 4096, Activity.IDLE, null);
        Observation before = of(loaded(chat), NOTHING_SERVED);

        assertThat(Change.between(before, of(loaded(), NOTHING_SERVED)))
                .isEqualTo(new Change.Identifiers(Set.of("chat"), true));
        assertThat(Change.between(of(loaded(), NOTHING_SERVED), before)).isEqualTo(identifiers("chat"));
        assertThat(Change.between(before, of(loaded(instance("chat", 8192, Activity.IDLE, null)), NOTHING_SERVED)))
                .isEqualTo(identifiers("chat"));
    }

    @Test
    void changeOfTheApiConcernsTheNamedManagedModelsOrAll() {
        Observation before = of(loaded(), NOTHING_SERVED);

        assertThat(Change.between(before, of(loaded(), served(new ServedInstance("qwen", "chat", null, null)))))
                .isEqualTo(identifiers("chat"));
        assertThat(Change.between(before, of(loaded(), served(new ServedInstance("qwen", null, null, null)))))
                .isEqualTo(new Change.Everything());
    }

    @Test
    void failureConcernsEverybodyOnce() {
        Observation known = of(loaded(), NOTHING_SERVED);
        Observation unreachable = of(failed(Kind.UNREACHABLE, "no"), NOTHING_SERVED);

        assertThat(Change.between(known, unreachable)).isEqualTo(new Change.Everything());
        assertThat(Change.between(unreachable, known)).isEqualTo(new Change.Everything());
        assertThat(Change.between(unreachable, of(failed(Kind.UNREACHABLE, "still no"), NOTHING_SERVED)))
                .isEqualTo(Change.NOTHING);
        assertThat(Change.between(unreachable, of(failed(Kind.TIMED_OUT, "no"), NOTHING_SERVED)))
                .isEqualTo(new Change.Everything());
    }

    @Test
    void downloadConcernsEveryManagedModel() {
        Observation before = of(loaded(), NOTHING_SERVED);
        Observation after =
                anObservation(NOW).downloaded(aDownloadedModel("qwen").build()).build();

        assertThat(Change.between(before, after)).isEqualTo(new Change.Everything());
    }

    @Test
    void memoryMayBeFreedByAMissingInstanceOrAnUnobservedOne() {
        Observation one = of(loaded(instance("chat", 4096, Activity.IDLE, null)), NOTHING_SERVED);
        Observation none = of(loaded(), NOTHING_SERVED);
        Observation unreachable = of(failed(Kind.UNREACHABLE, "no"), NOTHING_SERVED);

        assertThat(Change.mayHaveFreedMemory(one, none)).isTrue();
        assertThat(Change.mayHaveFreedMemory(unreachable, none)).isTrue();
        assertThat(Change.mayHaveFreedMemory(none, one)).isFalse();
        assertThat(Change.mayHaveFreedMemory(one, one)).isFalse();
        assertThat(Change.mayHaveFreedMemory(one, unreachable)).isFalse();
    }

    private static Change identifiers(String... names) {
        return new Change.Identifiers(Set.of(names), false);
    }

    private static Observation of(Reading<List<Instance>> loaded, Reading<ApiModelList> served) {
        return anObservation(NOW).loaded(loaded).served(served).build();
    }

    private static Reading<List<Instance>> loaded(Instance... instances) {
        return new Reading.Known<>(List.of(instances), NOW);
    }

    private static Reading<List<Instance>> failed(Kind kind, String message) {
        return new Reading.Unknown<>(new InfrastructureFailure(kind, message), NOW);
    }

    private static Reading<ApiModelList> served(ServedInstance... instances) {
        return new Reading.Known<>(new ApiModelList(Set.of(instances), Set.of()), NOW);
    }

    private static Instance instance(
            String identifier, int contextLength, Activity activity, @Nullable Instant usedAt) {
        return anInstance(identifier, "qwen")
                .usedAt(usedAt)
                .contextLength(contextLength)
                .activity(activity)
                .build();
    }
}
