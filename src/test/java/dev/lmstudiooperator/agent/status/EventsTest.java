package dev.lmstudiooperator.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.DesiredFactory;
import dev.lmstudiooperator.agent.plan.Finding;
import dev.lmstudiooperator.agent.plan.History;
import dev.lmstudiooperator.agent.plan.Progress;
import dev.lmstudiooperator.agent.plan.Situation;
import dev.lmstudiooperator.agent.plan.Step;
import dev.lmstudiooperator.agent.plan.Surroundings;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.api.v1alpha1.Truth;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.Served;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Which steps are told to {@code kubectl describe}, and how. */
class EventsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00.123456789Z");
    private static final String NOTHING = "observedGeneration: -1";
    private static final String SERVED = """
            observedGeneration: 1
            instance: {identifier: chat, modelKey: qwen, sizeBytes: 5, contextLength: 4096, ttlSeconds: 600, adopted: true}
            conditions: [{type: Ready, status: "True", reason: Verified}]
            """;

    private final Events events = new Events("node-1");

    @Test
    void eventTellsOfWhomWhatAndFromWhere() {
        Event event = told(NOTHING, Reason.LOADING, "Loads qwen as chat").orElseThrow();

        assertThat(event.getMetadata().getNamespace()).isEqualTo("team");
        assertThat(event.getMetadata().getGenerateName()).isEqualTo("chat-");
        assertThat(event.getReason()).isEqualTo("Loading");
        assertThat(event.getAction()).isEqualTo("Loading");
        assertThat(event.getNote()).isEqualTo("Loads qwen as chat");
        assertThat(event.getReportingInstance()).isEqualTo("node-1");
        assertThat(event.getReportingController()).isNotBlank();
        assertThat(event.getEventTime().getTime()).isEqualTo("2026-01-01T12:00:00.123456Z");
        assertThat(event.getRegarding())
                .extracting("apiVersion", "kind", "namespace", "name", "uid")
                .containsExactly("lmstudio-operator.dev/v1alpha1", "ManagedModel", "team", "chat", "1234");
    }

    @ParameterizedTest
    @EnumSource(names = {"BOUND", "OBSERVING", "VERIFYING", "WAITING_FOR_TURN"})
    void whatOnlyGoesOnIsLeftToTheStatus(Reason reason) {
        assertThat(told(NOTHING, reason, "It goes on")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"BOUND", "OBSERVING", "VERIFYING", "WAITING_FOR_TURN"})
    void everyOtherReasonIsToldOnce(Reason reason) {
        assertThat(told(NOTHING, reason, "It happened")).isPresent();
        assertThat(told(
                        "conditions: [{type: Ready, status: \"False\", reason: %s}]".formatted(reason.text()),
                        reason,
                        "It happened"))
                .isEmpty();
    }

    @Test
    void whatOnlyAnotherConditionSaysIsStillToBeTold() {
        assertThat(told(
                        "conditions: [{type: Available, status: \"False\", reason: Loading}]",
                        Reason.LOADING,
                        "Loads qwen as chat"))
                .isPresent();
    }

    @ParameterizedTest
    @EnumSource(names = {"VERIFIED", "EXPIRED", "LOADING", "DRAINING", "UNLOADING", "SUSPENDED"})
    void whatIsAskedForIsNormal(Reason reason) {
        assertThat(told(NOTHING, reason, "As asked").orElseThrow().getType()).isEqualTo("Normal");
    }

    @ParameterizedTest
    @EnumSource(names = {"DRIFTED", "LOAD_FAILED", "MODEL_NOT_FOUND", "VERIFICATION_FAILED", "SERVER_NOT_RUNNING"})
    void whatAPersonShouldLookAtIsAWarning(Reason reason) {
        assertThat(told(NOTHING, reason, "Look").orElseThrow().getType()).isEqualTo("Warning");
    }

    @Test
    void evictionIsToldAsSuchWhateverIsDoneAboutIt() {
        Event event = told(SERVED, Reason.LOADING, "Was evicted: loads again").orElseThrow();

        assertThat(event.getReason()).isEqualTo("Evicted");
        assertThat(event.getType()).isEqualTo("Warning");
        assertThat(event.getNote()).isEqualTo("Was evicted: loads again");
    }

    @Test
    void noteIsCutToWhatTheApiServerTakes() {
        assertThat(told(NOTHING, Reason.LOAD_FAILED, "x".repeat(1024) + "what is cut off")
                        .orElseThrow()
                        .getNote())
                .isEqualTo("x".repeat(1024));
    }

    @Test
    void nameOfAnEventIsShortEnoughForAnyModel() {
        ManagedModel model = model();
        model.getMetadata().setName("a".repeat(240) + ".b");

        assertThat(events.news(model, pass(NOTHING, Reason.LOADING, "Loads"))
                        .orElseThrow()
                        .getMetadata()
                        .getGenerateName())
                .isEqualTo("a".repeat(200) + "-");
    }

    private Optional<Event> told(String before, Reason reason, String message) {
        return events.news(model(), pass(before, reason, message));
    }

    private static ManagedModel model() {
        return Serialization.unmarshal("""
                apiVersion: lmstudio-operator.dev/v1alpha1
                kind: ManagedModel
                metadata: {name: chat, namespace: team, uid: "1234", generation: 1}
                spec: {model: qwen}
                """, ManagedModel.class);
    }

    /** Nothing is loaded. */
    private static Progression pass(String before, Reason reason, String message) {
        Observation observation = new Observation(
                new Reading.Known<>(List.of(), NOW),
                new Reading.Known<>(List.of(), NOW),
                new Reading.Known<>(new Served(Set.of(), Set.of()), NOW));
        History history = new History(1, null, false, null, null, null, null, null, null, false, null, Set.of(), null);
        Situation situation = new Situation(
                DesiredFactory.of(model()),
                observation,
                history,
                new Surroundings(NOW, Instant.EPOCH, null, null, null, null, Instant.EPOCH, false),
                NOW);
        Finding finding = new Finding(Truth.FALSE, Truth.FALSE, Progress.RECONCILING, reason, message);
        return new Progression(
                Serialization.unmarshal(before, ManagedModelStatus.class),
                situation,
                new Decision(new Step.Rest(), finding, Optional.empty(), null),
                1,
                false,
                false);
    }
}
