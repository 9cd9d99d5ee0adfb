package dev.lmstudiooperator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.FewerCases;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * Tests properties that hold on a node for any history. Forbidden actions fail where they happen, in {@link
 * SimulatedNode}.
 *
 * <p>A failure prints its seed: {@code @Property(seed = "…")} on the method replays that run. Running the test again
 * also replays it, because jqwik begins with the failed sample. Removing {@code target} removes that sample.
 */
@AddLifecycleHook(FewerCases.class)
@Domain(AnyHistory.class)
class NodePropertiesTest {

    private static final Duration LONG = Duration.ofHours(2);
    private static final int MANY = 600;

    @Property(tries = 10_000)
    void everyNodeComesToRest(@ForAll AnyHistory.History history) {
        SimulatedNode node = after(history);
        int passesBefore = node.passes();

        assertThat(node.comesToRestWithin(LONG)).as("%s", node).isTrue();

        assertThat(node.passes() - passesBefore).as("%s", node).isLessThan(MANY);
        assertThat(node.owners()).as("%s", node).allMatch(owner -> new AtRest(node, owner).isTrue());
        assertThat(node.secondCopies()).as("%s", node).isEmpty();
    }

    /**
     * A retry after a backoff of at most five minutes is not a loop. Nor is a retry after another such attempt freed
     * memory.
     */
    @Property(tries = 1_000)
    void nodeAtRestDoesNothingInACircle(@ForAll AnyHistory.History history) {
        SimulatedNode node = after(history);
        node.comesToRestWithin(LONG);
        int loadsBefore = node.loads();
        int goodLoadsBefore = node.goodLoads();

        node.proceed(Duration.ofHours(1));

        int models = node.owners().size();
        assertThat(node.goodLoads() - goodLoadsBefore).as("%s", node).isLessThanOrEqualTo(models);
        assertThat(node.loads() - loadsBefore).as("%s", node).isLessThanOrEqualTo(16 * models * models);
        assertThat(node.comesToRestWithin(LONG)).as("%s", node).isTrue();
    }

    private static SimulatedNode after(AnyHistory.History history) {
        SimulatedNode node = new SimulatedNode(history.memory(), history.usualWhim(), history.doCancelledLoadsLand());
        history.disturbances().forEach(disturbance -> {
            node.proceed(disturbance.after());
            node.trace(disturbance.what());
            disturbance.action().accept(node);
        });
        return node;
    }
}
