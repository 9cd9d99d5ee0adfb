package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import dev.lmstudiooperator.simulator.Journal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hundred ManagedModels of one node change at once. Each of them gets a slot, and the cost grows only with their number.
 */
@WithControlPlane
class ManyModelsIT {

    private static final int MODELS = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    /**
     * One observation after each of the two operations. A busy machine adds one for a drain, or one for a concurrent poll.
     */
    private static final int LOOKS_PER_RELOAD = 4;

    /** Observing, Draining, WaitingForTurn, Drifted, WaitingForTurn, Loading, Verifying, Verified; two more as a margin. */
    private static final int STATUS_WRITES_PER_RELOAD = 10;

    private static final int EVENTS_PER_RELOAD = 5;

    @Test
    @FailureScenario(Category.CONCURRENCY)
    void hotChangeReachesEveryModel(ControlPlane controlPlane, @TempDir Path directory) {
        TestNamespace namespace = controlPlane.createNamespace("many");
        List<String> names =
                IntStream.range(0, MODELS).mapToObj("model-%02d"::formatted).toList();
        try (OperatorFixture fixture = OperatorFixture.start(controlPlane, namespace.name(), directory)) {
            fixture.lmStudio().setLoadTime(Duration.ZERO);
            fixture.lmStudio().set("memoryBytes", 0);
            fixture.operator().awaitReady();
            names.forEach(name -> fixture.apply(name, spec(600)));
            awaitAll(fixture, 600);

            long before = fixture.journal().lastSeq();
            int writesBefore = controlPlane.auditLog().writesIn(namespace).size();
            names.forEach(name -> fixture.apply(name, spec(900)));
            awaitAll(fixture, 900);

            Journal journal = fixture.lmStudio().journal(before);
            List<String> writes = controlPlane.auditLog().writesIn(namespace);
            names.forEach(name -> {
                assertThat(journal.loadsOf(name)).containsExactly("loaded");
                assertThat(journal.calls("unload", name)).hasSize(1);
            });
            assertThat(journal.mostMutationsAtOnce()).isEqualTo(1);
            assertThat(journal.calls("ps")).hasSizeLessThanOrEqualTo(LOOKS_PER_RELOAD * MODELS);
            assertThat(writes.stream().skip(writesBefore).filter(write -> write.contains("/status?")))
                    .hasSizeLessThanOrEqualTo(STATUS_WRITES_PER_RELOAD * MODELS);
            assertThat(writes.stream().skip(writesBefore).filter(write -> write.contains("/events")))
                    .hasSizeLessThanOrEqualTo(EVENTS_PER_RELOAD * MODELS);
        }
    }

    private static String spec(int ttlSeconds) {
        return LLAMA + ", ttlSeconds: " + ttlSeconds;
    }

    private static void awaitAll(OperatorFixture fixture, int ttlSeconds) {
        eventually(
                "every model is ready with a TTL of " + ttlSeconds,
                PATIENCE,
                () -> fixture.models().all().stream()
                        .filter(model -> !isReadyWith(model, ttlSeconds))
                        .map(model -> model.getMetadata().getName() + " " + AppliedModels.reason(model))
                        .toList(),
                List::isEmpty);
    }

    private static boolean isReadyWith(ManagedModel model, long ttlSeconds) {
        return AppliedModels.isObserved(model, model.getMetadata().getGeneration())
                && "True".equals(AppliedModels.condition(model, "Ready"))
                && Long.valueOf(ttlSeconds).equals(AppliedModels.instance(model).ttlSeconds());
    }
}
