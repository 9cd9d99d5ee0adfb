package dev.lmstudiooperator.agent.managedmodel;

import static dev.lmstudiooperator.api.v1alpha1.ManagedModels.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModels;
import dev.lmstudiooperator.logging.LoggedLines;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which status changes are written to the API server. */
class StatusWriterTest {

    private static final String AGENTS = """
            observedGeneration: 2
            phase: Ready
            loadRevision: abc
            instance: {identifier: chat, modelKey: qwen, sizeBytes: 5, contextLength: 4096, ttlSeconds: 600, adopted: true}
            convergence: {trigger: Drifted, startedTime: "2026-01-01T12:00:00Z", rounds: 4}
            loads: 1
            evictions: 1
            conditions:
            - {type: Ready, status: "True", reason: Verified, message: served, lastTransitionTime: "2026-01-01T12:00:00Z"}
            - {type: Available, status: "True", reason: Verified, message: served, lastTransitionTime: "2026-01-01T12:00:00Z"}
            """;

    private static final String SCHEDULED = """
            - {type: Scheduled, status: "True", reason: Bound, message: bound, lastTransitionTime: "2026-01-01T11:00:00Z"}
            """;

    @Test
    void sameStatusIsNoChange() {
        assertThat(StatusWriter.hasChanged(status(AGENTS), status(AGENTS))).isFalse();
    }

    @Test
    void fieldsOfTheControllerAreIgnored() {
        assertThat(StatusWriter.hasChanged(status(AGENTS), status("nodeName: node-1\n" + AGENTS + SCHEDULED)))
                .isFalse();
    }

    @Test
    void controllersConditionMayStandBeforeTheAgents() {
        String first = AGENTS.replace("conditions:\n", "conditions:\n" + SCHEDULED);

        assertThat(StatusWriter.hasChanged(status(AGENTS), status(first))).isFalse();
    }

    /** The order in a list of type map has no meaning, and the API server does not guarantee it. */
    @Test
    void orderOfConditionsIsNoChange() {
        ManagedModelStatus status = status(AGENTS);
        ManagedModelStatus reversed = status(AGENTS.replace("type: Ready", "type: Other")
                .replace("type: Available", "type: Ready")
                .replace("type: Other", "type: Available"));

        assertThat(StatusWriter.hasChanged(status, reversed)).isFalse();
    }

    @Test
    void anotherReconciliationIsNoChange() {
        assertThat(StatusWriter.hasChanged(status(AGENTS), status(AGENTS.replace("rounds: 4", "rounds: 5"))))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "observedGeneration: 2",
                "phase: Ready",
                "loadRevision: abc",
                "contextLength: 4096",
                "startedTime: \"2026-01-01T12:00:00Z",
                "loads: 1",
                "evictions: 1",
                "reason: Verified",
                "message: served",
                "type: Available, status: \"True\""
            })
    void differentValueIsAChange(String claim) {
        String other = claim.endsWith("\"True\"")
                ? claim.replace("True", "False")
                : claim.replaceAll("\\d+Z?$", "77").replaceAll("(Ready|abc|Verified|served)$", "Pending");

        assertThat(other).isNotEqualTo(claim);
        assertThat(StatusWriter.hasChanged(status(AGENTS), status(AGENTS.replace(claim, other))))
                .isTrue();
    }

    @Test
    void firstStatusIsAChange() {
        assertThat(StatusWriter.hasChanged(status(AGENTS), ManagedModelStatus.UNOBSERVED))
                .isTrue();
    }

    @Test
    void additionalConditionIsAChange() {
        String stalled = AGENTS
                + "- {type: Stalled, status: \"True\", reason: Verified, message: x,"
                + " lastTransitionTime: \"2026-01-01T12:00:00Z\"}\n";

        assertThat(StatusWriter.hasChanged(status(AGENTS), status(stalled))).isTrue();
    }

    @Test
    void onlyTheStatusIsAppliedAndTheResponseIsReturned() {
        ManagedModel model = model(ManagedModelStatus.UNOBSERVED);
        ManagedModel made = model(status(AGENTS));
        List<ManagedModel> applied = new ArrayList<>();

        ManagedModel written = StatusWriter.write(model, status(AGENTS), asked -> {
            applied.add(asked);
            return made;
        });

        assertThat(written).isSameAs(made);
        assertThat(applied).singleElement().satisfies(asked -> {
            assertThat(asked.getMetadata())
                    .isEqualTo(new ObjectMetaBuilder()
                            .withNamespace("team")
                            .withName("chat")
                            .withUid(model.getMetadata().getUid())
                            .build());
            assertThat(asked.getStatus()).isEqualTo(status(AGENTS));
            assertThat(asked.getSpec()).isNull();
        });
    }

    @Test
    void unchangedStatusIsNotWritten() {
        ManagedModel model = model(status(AGENTS));

        ManagedModel written = StatusWriter.write(model, status(AGENTS), asked -> {
            throw new AssertionError("The status did not change");
        });

        assertThat(written).isSameAs(model);
    }

    @Test
    void anotherReasonIsLogged() {
        assertThat(logged(ManagedModelStatus.UNOBSERVED, status(AGENTS)))
                .containsExactly(
                        "ManagedModel changed: namespace=team name=chat model=qwen generation=2 reason=Verified"
                                + " detail=served");
        assertThat(logged(status(AGENTS.replace("reason: Verified", "reason: Loading")), status(AGENTS)))
                .singleElement()
                .asString()
                .contains("reason=Verified previous_reason=Loading");
    }

    @Test
    void sameReasonIsNotLoggedAgain() {
        assertThat(logged(status(AGENTS.replace("loads: 1", "loads: 2")), status(AGENTS)))
                .isEmpty();
        assertThat(logged(
                        status(AGENTS.replace("loads: 1", "loads: 2")),
                        status(AGENTS.replace("conditions:\n", "conditions:\n" + SCHEDULED))))
                .isEmpty();
        assertThat(logged(status("observedGeneration: 1"), status("observedGeneration: 2")))
                .isEmpty();
    }

    private static List<String> logged(ManagedModelStatus before, ManagedModelStatus after) {
        try (LoggedLines log = new LoggedLines("dev.lmstudiooperator.ManagedModel")) {
            StatusWriter.write(model(before), after, asked -> model(after));
            return log.lines();
        }
    }

    private static ManagedModel model(ManagedModelStatus status) {
        return ManagedModels.chat(2, status);
    }
}
