package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.simulator.Fault;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The events that {@code kubectl describe} shows, on a real API server. */
@OperatorTest("LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL_WITHOUT_API=1s")
class EventsIT {

    private static final Duration ENOUGH_FOR_THREE_LOADS = Duration.ofSeconds(90);

    private final OperatorFixture fixture;

    EventsIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void eventsReportAModelFromItsSchedulingToItsRelease() {
        fixture.awaitNode();
        fixture.applyAndAwaitReady("story", LLAMA_VERIFIED_OFTEN);
        fixture.deleteAndAwaitGone("story");

        eventually("the events of the model are reported", () -> fixture.eventsOf("story"), story -> story.stream()
                .filter(reason -> !reason.equals("Draining"))
                .toList()
                .equals(List.of("Bound", "Loading", "Verified", "Unloading", "Released")));
        assertThat(fixture.models().events("story")).allSatisfy(event -> {
            assertThat(event.getType()).isEqualTo("Normal");
            assertThat(event.getNote()).isNotBlank();
            assertThat(event.getReportingInstance()).isNotBlank();
            assertThat(event.getRegarding().getKind()).isEqualTo("ManagedModel");
        });
    }

    @Test
    void modelThatIsTriedAgainAndAgainHasFewEvents() {
        fixture.lmStudio()
                .fault(Fault.on("load", "exit").with("code", 1).with("stderr", "Error: \u001b[31mbroken\u001b[0m\n"));
        fixture.apply("failing", LLAMA_VERIFIED_OFTEN);
        eventually(
                "the load was tried several times",
                ENOUGH_FOR_THREE_LOADS,
                () -> fixture.journal().calls("load").size(),
                loads -> loads >= 3);

        Event failed = eventually(
                        "an event counts the failures",
                        ENOUGH_FOR_THREE_LOADS,
                        () -> fixture.models().events("failing").stream()
                                .filter(event -> event.getReason().equals("LoadFailed"))
                                .toList(),
                        events -> events.size() == 1
                                && events.getFirst().getSeries() != null
                                && events.getFirst().getSeries().getCount() >= 3)
                .getFirst();

        assertThat(fixture.eventsOf("failing")).containsExactlyInAnyOrder("Bound", "Loading", "LoadFailed");
        assertThat(failed.getType()).isEqualTo("Warning");
        assertThat(failed.getNote()).contains("broken").doesNotContainPattern("\\p{Cntrl}|\\[31m");
        assertThat(Instant.parse(failed.getSeries().getLastObservedTime().getTime()))
                .isAfter(Instant.parse(failed.getEventTime().getTime()));
    }

    @Test
    void evictionsAreCounted() {
        fixture.applyAndAwaitLoad("wanted", LLAMA_VERIFIED_OFTEN);
        fixture.lmStudio().evict("wanted");
        fixture.awaitReadyAfterLoads("wanted", 2);
        fixture.lmStudio().evict("wanted");
        fixture.awaitReadyAfterLoads("wanted", 3);

        Event evicted = eventually(
                        "one event counts both evictions",
                        () -> fixture.models().events("wanted").stream()
                                .filter(event -> event.getReason().equals("Evicted"))
                                .toList(),
                        events -> events.size() == 1 && events.getFirst().getSeries() != null)
                .getFirst();

        assertThat(evicted.getType()).isEqualTo("Warning");
        assertThat(evicted.getSeries().getCount()).isEqualTo(2);
    }

    @Test
    void eventsOfTheNodeReportWhetherLmStudioIsReachable() {
        fixture.lmStudio().stopDaemon();
        Event lost = awaitOnNode("LMStudioUnreachable", Instant.EPOCH);
        fixture.lmStudio().startDaemonAndServer();

        Event found = awaitOnNode("Reachable", lastOccurrence(lost));

        assertThat(lost.getType()).isEqualTo("Warning");
        assertThat(found.getType()).isEqualTo("Normal");
    }

    private Event awaitOnNode(String reason, Instant after) {
        return eventually(
                        "an event of the node reports %s after %s".formatted(reason, after),
                        () -> fixture.nodes().events(fixture.nodeName()).stream()
                                .filter(event -> event.getReason().equals(reason))
                                .filter(event -> lastOccurrence(event).isAfter(after))
                                .toList(),
                        events -> events.size() == 1)
                .getFirst();
    }

    private static Instant lastOccurrence(Event event) {
        return Instant.parse(
                event.getSeries() == null
                        ? event.getEventTime().getTime()
                        : event.getSeries().getLastObservedTime().getTime());
    }
}
