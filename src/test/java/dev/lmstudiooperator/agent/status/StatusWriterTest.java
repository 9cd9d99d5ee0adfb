package dev.lmstudiooperator.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is worth a write to the API server. */
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
    void whatStandsThereIsNoNews() {
        assertThat(StatusWriter.isNews(status(AGENTS), status(AGENTS))).isFalse();
    }

    @Test
    void whatTheControllerOwnsIsLeftOut() {
        assertThat(StatusWriter.isNews(status(AGENTS), status("nodeName: node-1\n" + AGENTS + SCHEDULED)))
                .isFalse();
    }

    @Test
    void controllersConditionMayStandBeforeTheAgents() {
        String first = AGENTS.replace("conditions:\n", "conditions:\n" + SCHEDULED);

        assertThat(StatusWriter.isNews(status(AGENTS), status(first))).isFalse();
    }

    /** The order in a list of type map has no meaning, and the API server does not promise to keep it. */
    @Test
    void orderOfConditionsIsNoNews() {
        ManagedModelStatus status = status(AGENTS);
        ManagedModelStatus reversed = status(AGENTS.replace("type: Ready", "type: Other")
                .replace("type: Available", "type: Ready")
                .replace("type: Other", "type: Available"));

        assertThat(StatusWriter.isNews(status, reversed)).isFalse();
    }

    @Test
    void anotherPassIsNoNews() {
        assertThat(StatusWriter.isNews(status(AGENTS), status(AGENTS.replace("rounds: 4", "rounds: 5"))))
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
    void whatTheAgentFoundOtherwiseIsNews(String claim) {
        String other = claim.endsWith("\"True\"")
                ? claim.replace("True", "False")
                : claim.replaceAll("\\d+Z?$", "77").replaceAll("(Ready|abc|Verified|served)$", "Pending");

        assertThat(other).isNotEqualTo(claim);
        assertThat(StatusWriter.isNews(status(AGENTS), status(AGENTS.replace(claim, other))))
                .isTrue();
    }

    @Test
    void firstStatusIsNews() {
        assertThat(StatusWriter.isNews(status(AGENTS), ManagedModelStatus.UNOBSERVED))
                .isTrue();
    }

    @Test
    void conditionThatMayGoIsNews() {
        String stalled = AGENTS
                + "- {type: Stalled, status: \"True\", reason: Verified, message: x,"
                + " lastTransitionTime: \"2026-01-01T12:00:00Z\"}\n";

        assertThat(StatusWriter.isNews(status(AGENTS), status(stalled))).isTrue();
    }

    private static ManagedModelStatus status(String yaml) {
        return Serialization.unmarshal(yaml, ManagedModelStatus.class);
    }
}
