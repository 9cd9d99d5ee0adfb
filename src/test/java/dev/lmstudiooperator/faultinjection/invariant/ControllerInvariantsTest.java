package dev.lmstudiooperator.faultinjection.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.simulator.Journal;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests that each invariant of controllers fails on a run that violates it, and only there. */
class ControllerInvariantsTest {

    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");
    private static final String AVAILABLE = "{type: Available, status: \"True\"}";
    private static final String UNAVAILABLE = "{type: Available, status: \"False\"}";
    private static final String PUBLISHED = AVAILABLE + ", {type: Published, status: \"True\"}";

    private final List<Version> versions = new ArrayList<>();

    @Test
    void rolloutOfOneReplicaAfterTheOtherViolatesNothing() {
        set(2);
        replica(1, "a", "n1", "old", AVAILABLE);
        replica(1, "b", "n2", "old", AVAILABLE);
        replica(2, "a", "n1", "new", UNAVAILABLE);
        replica(3, "a", "n1", "new", AVAILABLE);
        replica(4, "b", "n2", "new", UNAVAILABLE);

        assertThat(violations()).isEmpty();
    }

    @Test
    void secondUpdateDuringTheFirstViolatesRolloutKeepsReplicasAvailable() {
        set(2);
        replica(1, "a", "n1", "old", AVAILABLE);
        replica(1, "b", "n2", "old", AVAILABLE);
        replica(2, "a", "n1", "new", UNAVAILABLE);
        replica(3, "b", "n2", "new", AVAILABLE);

        assertViolated("RolloutKeepsReplicasAvailable");
    }

    @Test
    void secondDeletionDuringTheFirstViolatesRolloutKeepsReplicasAvailable() {
        set(2);
        replica(1, "a", "n1", "old", AVAILABLE);
        replica(1, "b", "n2", "old", AVAILABLE);
        terminating(2, "a", "n1");
        terminating(3, "b", "n2");

        assertViolated("RolloutKeepsReplicasAvailable");
    }

    @Test
    void replicaThatIsNotAvailableMayBeUpdatedAtAnyTime() {
        set(2);
        replica(1, "a", "n1", "bad", UNAVAILABLE);
        replica(1, "b", "n2", "bad", UNAVAILABLE);
        replica(2, "a", "n1", "good", UNAVAILABLE);
        replica(3, "b", "n2", "good", UNAVAILABLE);

        assertThat(violations()).isEmpty();
    }

    @Test
    void secondReplicaOnANodeViolatesOneReplicaPerNode() {
        set(2);
        terminating(1, "a", "n1");
        replica(2, "b", "n1", "old", UNAVAILABLE);

        assertViolated("OneReplicaPerNode");
    }

    @Test
    void endpointOfAPublishedManagedModelViolatesNothing() {
        model(1, "a", PUBLISHED);
        slice(2, "lmstudio-operator.dev", "anyone", "a");
        slice(3, "lmstudio-operator.dev", "anyone");
        model(4, "a", UNAVAILABLE);

        assertThat(violations()).isEmpty();
    }

    @Test
    void endpointThatIsNotAnnouncedViolatesEndpointsAreAnnounced() {
        model(1, "a", AVAILABLE);
        slice(2, "lmstudio-operator.dev", "anyone", "a");

        assertViolated("EndpointsAreAnnounced");
    }

    @Test
    void withdrawalThatIsReportedBeforeItIsDoneViolatesEndpointsAreAnnounced() {
        model(1, "a", PUBLISHED);
        slice(2, "lmstudio-operator.dev", "anyone", "a");
        model(3, "a", AVAILABLE);

        assertViolated("EndpointsAreAnnounced");
    }

    @Test
    void newEndpointOfAnUnavailableManagedModelViolatesEndpointsAreAnnounced() {
        model(1, "a", UNAVAILABLE + ", {type: Published, status: \"True\"}");
        slice(60, "lmstudio-operator.dev", "anyone", "a");

        assertViolated("EndpointsAreAnnounced");
    }

    @Test
    void changeOfAnotherSliceViolatesOtherSlicesAreLeftAlone() {
        slice(1, "other", OtherSlicesAreLeftAlone.OTHER_MANAGER);
        slice(2, "other", "operator");

        assertViolated("OtherSlicesAreLeftAlone");
    }

    @Test
    void deletionOfAnotherSliceViolatesOtherSlicesAreLeftAlone() {
        slice(1, "other", OtherSlicesAreLeftAlone.OTHER_MANAGER);
        versions.add(
                new Version(BEGINNING.plusSeconds(2), true, versions.getLast().object()));

        assertViolated("OtherSlicesAreLeftAlone");
    }

    private void set(int replicas) {
        add(0, "{metadata: {name: chat, uid: set}, spec: {replicas: %d}}".formatted(replicas), ManagedModelSet.class);
    }

    private void replica(int at, String name, String node, String template, String conditions) {
        replica(at, name, node, template, conditions, "");
    }

    private void terminating(int at, String name, String node) {
        replica(at, name, node, "old", AVAILABLE, ", deletionTimestamp: \"2026-01-01T00:00:00Z\"");
    }

    private void replica(int at, String name, String node, String template, String conditions, String metadata) {
        add(at, """
                {metadata: {name: %1$s, uid: %1$s, generation: 1%5$s,
                   labels: {lmstudio-operator.dev/set: chat, lmstudio-operator.dev/template-hash: %3$s}},
                 status: {nodeName: %2$s, observedGeneration: 1, conditions: [%4$s]}}
                """.formatted(name, node, template, conditions, metadata), ManagedModel.class);
    }

    private void model(int at, String name, String conditions) {
        add(
                at,
                "{metadata: {name: %1$s, uid: %1$s}, status: {conditions: [%2$s]}}".formatted(name, conditions),
                ManagedModel.class);
    }

    private void slice(int at, String managedBy, String fieldManager, String... models) {
        List<String> endpoints = List.of(models).stream()
                .map("{addresses: [192.0.2.1], conditions: {ready: true}, targetRef: {uid: %s}}"::formatted)
                .toList();
        add(at, """
                {metadata: {name: chat, uid: slice, labels: {endpointslice.kubernetes.io/managed-by: %s},
                   managedFields: [{manager: %s}]},
                 endpoints: [%s]}
                """.formatted(managedBy, fieldManager, String.join(", ", endpoints)), EndpointSlice.class);
    }

    /** A text that begins with a brace would be parsed as JSON. */
    private <T extends HasMetadata> void add(int at, String yaml, Class<T> kind) {
        versions.add(new Version(BEGINNING.plusSeconds(at), false, Serialization.unmarshal("---\n" + yaml, kind)));
    }

    private List<String> violations() {
        return Invariants.ofControllers(
                new Evidence(List.copyOf(versions), new Journal(List.of()), Duration.ofMinutes(1), 0, 0));
    }

    private void assertViolated(String invariant) {
        assertThat(violations()).singleElement().asString().startsWith(invariant + ": ");
    }
}
