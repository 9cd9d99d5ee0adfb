package dev.lmstudiooperator.agent.plan;

import static dev.lmstudiooperator.agent.plan.PlanInputs.NAME;
import static dev.lmstudiooperator.agent.plan.PlanInputs.TTL;
import static dev.lmstudiooperator.agent.plan.PlanInputs.givenServed;
import static dev.lmstudiooperator.agent.plan.PlanInputs.identifier;
import static dev.lmstudiooperator.agent.plan.PlanInputs.instance;
import static dev.lmstudiooperator.agent.plan.PlanInputs.onDevice;
import static dev.lmstudiooperator.agent.plan.PlanInputs.ttlOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lmstudio.Instance;
import org.junit.jupiter.api.Test;

/** Tests which instances count as second copies. */
class DuplicateInstancesTest {

    private static final String COPY = NAME + ":2";

    @Test
    void secondCopiesAreNumberedAndLoadedAsTheOperatorLoads() {
        PlanInputs s = givenServed()
                .besides(
                        copy(),
                        identifier(NAME + ":10").apply(instance()),
                        identifier(NAME + ":x").apply(instance()),
                        identifier("other:2").apply(instance()),
                        ttlOf(null).apply(identifier(NAME + ":3").apply(instance())),
                        ttlOf(TTL.plusSeconds(1)).apply(identifier(NAME + ":4").apply(instance())),
                        onDevice("laptop").apply(identifier(NAME + ":5").apply(instance())));

        assertThat(DuplicateInstances.of(s.input().desired(), s.input().observation()))
                .containsExactlyInAnyOrder(COPY, NAME + ":10");
    }

    @Test
    void noDuplicatesAreKnownAfterAFailedObservation() {
        PlanInputs s = givenServed().lmStudioUnknown();

        assertThat(DuplicateInstances.of(s.input().desired(), s.input().observation()))
                .isEmpty();
    }

    private static Instance copy() {
        return identifier(COPY).apply(instance());
    }
}
