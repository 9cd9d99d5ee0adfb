package dev.lmstudiooperator.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import org.junit.jupiter.api.Test;

/** GPU memory is one shared resource: some models hold it, and others wait for it. */
@OperatorTest
class MemoryIT {

    private static final long GIGABYTE = 1_000_000_000;

    private final OperatorFixture fixture;

    MemoryIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    @FailureScenario(Category.RESOURCES)
    void modelThatDoesNotFitIsLoadedAsSoonAsMemoryIsFreed() {
        givenRoomForOne();
        fixture.lmStudio().placeInstance("first-6b", "by-hand");
        fixture.apply("second", "model: second-6b");

        ManagedModel waiting = fixture.awaitReason("second", "InsufficientMemory");

        assertThat(AppliedModels.message(waiting))
                .contains("by-hand (first-6b, 6.0 GB)")
                .contains("6.0 GB on disk");
        assertThat(fixture.lmStudio().identifiers()).containsExactly("by-hand");

        fixture.lmStudio().evict("by-hand");

        // If the agent did not notice the eviction, the next attempt would be half a minute after the first.
        ManagedModel ready = fixture.awaitReady("second");
        assertThat(AppliedModels.convergence(ready).durationMillis()).isLessThan(25_000);
        assertThat(fixture.journal().calls("load")).hasSize(2).allMatch(call -> call.argv()
                .contains("--identifier=second"));
    }

    @Test
    @FailureScenario(Category.RESOURCES)
    void managedModelIsNotEvictedToFreeMemory() {
        givenRoomForOne();
        fixture.applyAndAwaitReady("first", "model: first-6b");
        fixture.apply("second", "model: second-6b");

        ManagedModel waiting = fixture.awaitReason("second", "InsufficientMemory");

        assertThat(AppliedModels.message(waiting)).contains("first (first-6b, 6.0 GB)");
        assertThat(fixture.journal().calls("unload")).isEmpty();

        fixture.deleteAndAwaitGone("first");

        fixture.awaitReady("second");
        assertThat(fixture.journal().calls("unload")).hasSize(1);
    }

    @Test
    void nothingIsUnloadedForAModelThatIsNotOnDisk() {
        givenModel("first-6b");
        fixture.applyAndAwaitReady("chat", "model: first-6b");

        fixture.apply("chat", "model: first-7b");

        ManagedModel stalled = fixture.awaitReason("chat", "ModelNotFound");
        assertThat(AppliedModels.message(stalled)).contains("first-6b");
        assertThat(fixture.lmStudio().identifiers()).containsExactly("chat");
        assertThat(fixture.journal().calls("unload")).isEmpty();
    }

    private void givenRoomForOne() {
        givenModel("first-6b");
        givenModel("second-6b");
        fixture.lmStudio().set("memoryBytes", 10 * GIGABYTE);
    }

    private void givenModel(String modelKey) {
        fixture.lmStudio()
                .addModel(SimulatorProcess.object()
                        .put("modelKey", modelKey)
                        .put("sizeBytes", 6 * GIGABYTE)
                        .put("memoryBytes", 6 * GIGABYTE));
    }
}
