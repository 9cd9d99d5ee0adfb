package dev.lmstudiooperator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.domains.Domain;

/**
 * What holds on a node whatever happens to it. What must never happen fails where it happens, in {@link SimulatedNode}.
 *
 * <p>A failure prints its seed: {@code @Property(seed = "…")} replays the run, and so does running the test again, since
 * jqwik begins with the sample that failed, until {@code make clean}.
 */
@Domain(AnyHistory.class)
class NodePropertiesTest {

    private static final Duration LONG = Duration.ofHours(2);

    @Property(tries = 5_000)
    void everyNodeComesToRestAndStaysThere(@ForAll AnyHistory.History history) {
        SimulatedNode node = new SimulatedNode(history.memory(), history.usualWhim(), history.doCancelledLoadsLand());
        history.disturbances().forEach(disturbance -> {
            node.proceed(disturbance.after());
            node.tell(disturbance.what());
            disturbance.action().accept(node);
        });
        int before = node.passes();

        assertThat(node.comesToRestWithin(LONG)).as("%s", node).isTrue();

        assertThat(node.passes() - before).as("%s", node).isLessThan(600);
        assertThat(node.owners()).as("%s", node).allMatch(owner -> new AtRest(node, owner).isTrue());
    }
}
