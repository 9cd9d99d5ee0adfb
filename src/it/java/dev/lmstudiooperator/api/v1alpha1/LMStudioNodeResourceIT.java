package dev.lmstudiooperator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the representation of an LMStudioNode that the API server has accepted. */
@WithControlPlane
class LMStudioNodeResourceIT {

    private static final String NAME = "resource-of-a-node";

    private final ControlPlane controlPlane;

    LMStudioNodeResourceIT(ControlPlane controlPlane) {
        this.controlPlane = controlPlane;
    }

    @AfterEach
    void remove() {
        controlPlane
                .admin()
                .resources(LMStudioNode.class)
                .withName(NAME)
                .withGracePeriod(0)
                .delete();
    }

    @Test
    void omittedFieldsGetTheDocumentedDefaults() {
        create("");

        GenericKubernetesResource stored = controlPlane
                .admin()
                .genericKubernetesResources("lmstudio-operator.dev/v1alpha1", "LMStudioNode")
                .withName(NAME)
                .require();
        assertThat(stored.<Object>get("spec")).isEqualTo(Map.of("unschedulable", false));
        assertThat(stored.<Object>get("status")).isEqualTo(Map.of("observedGeneration", -1));
    }

    @Test
    void listHasTheDocumentedColumns() {
        // given
        create("spec: {unschedulable: true}");
        applyStatus("agent", """
                serverVersion: 0.4.21+2, loadedModels: 3, memory: {summary: 1.3 GB of 48.0 GB},
                apiAddress: "http://gpu-1:1234", conditions: [%s]
                """.formatted(ready("True", "Reachable", "It answers.")));

        // when
        List<String> narrow = kubectl("get", "lmn", NAME);
        List<String> wide = kubectl("get", "lmn", NAME, "-o", "wide");

        // then
        assertThat(words(narrow.getFirst())).isEqualTo("NAME READY REASON VERSION LOADED MEMORY AGE");
        assertThat(words(narrow.getLast())).startsWith(NAME + " True Reachable 0.4.21+2 3 1.3 GB of 48.0 GB ");
        assertThat(words(wide.getFirst()))
                .isEqualTo("NAME READY REASON VERSION LOADED MEMORY AGE ADDRESS UNSCHEDULABLE MESSAGE");
        assertThat(words(wide.getLast())).endsWith(" http://gpu-1:1234 true It answers.");
    }

    @Test
    void itBelongsToNoNamespace() {
        create("");

        assertThat(kubectl("get", "lmn", NAME, "--namespace", "default", "-o", "name"))
                .isEqualTo(kubectl("get", "lmn", NAME, "--namespace", "kube-system", "-o", "name"))
                .containsExactly("lmstudionode.lmstudio-operator.dev/" + NAME);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lmn.spec", "lmn.spec.allowedNamespaces", "lmn.status", "lmn.status.memory"})
    void everyFieldIsExplained(String what) {
        String explanation = String.join("\n", kubectl("explain", what));

        assertThat(explanation).contains("FIELDS:").doesNotContain("<no description>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lmn.status.instances", "lmn.status.models"})
    void everyFieldOfAnEntryOfAListIsExplained(String list) {
        String explanation = String.join("\n", kubectl("explain", list));

        assertThat(explanation).contains("at most 100", "FIELDS:").doesNotContain("<no description>");
    }

    @Test
    void explainDescribesTheEffectOfCordoning() {
        assertThat(words(String.join(" ", kubectl("explain", "lmn.spec.unschedulable"))))
                .contains(
                        "Prevents further ManagedModels from being scheduled to this node; those on the node stay. Default: false.");
    }

    @Test
    void explainDescribesHowAMachineDiffersFromALaterOneOfTheSameName() {
        assertThat(words(String.join(" ", kubectl("explain", "lmn.status.nodeUID"))))
                .contains("UID of the Kubernetes Node of the same name")
                .contains("distinguishes the machine from a later one of the same name");
    }

    @Test
    void aStatusIsNoChangeOfTheSpec() {
        create("spec: {reservedMemoryBytes: 5}");

        applyStatus("agent", "loadedModels: 0, conditions: [" + ready("True", "Reachable", "") + "]");

        LMStudioNode after = stored();
        assertThat(after.getMetadata().getGeneration()).isEqualTo(1);
        assertThat(after.getSpec().reservedMemoryBytes()).isEqualTo(5);
    }

    @Test
    void conditionOfALostAgentLeavesTheRestOfTheStatus() {
        // given
        create("");
        applyStatus("agent", "loadedModels: 3, conditions: [" + ready("True", "Reachable", "") + "]");
        assertThatThrownBy(() -> applyStatus("controller", "conditions: [" + ready("Unknown", "AgentLost", "") + "]"))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("conflict with \"agent\"");

        // when
        applyStatus("controller", "conditions: [" + ready("Unknown", "AgentLost", "") + "]", true);

        // then
        assertThat(stored().getStatus().loadedModels()).isEqualTo(3);
        assertThat(stored().getStatus().conditions())
                .extracting(Condition::getStatus, Condition::getReason)
                .containsExactly(tuple("Unknown", "AgentLost"));
    }

    private void create(String rest) {
        controlPlane.admin().resource(node(rest)).create();
    }

    private LMStudioNode stored() {
        return controlPlane.admin().resources(LMStudioNode.class).withName(NAME).require();
    }

    private void applyStatus(String owner, String status) {
        applyStatus(owner, status, false);
    }

    private void applyStatus(String owner, String status, boolean isForced) {
        controlPlane
                .admin()
                .resource(node("status: {" + status.strip() + "}"))
                .subresource("status")
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager(owner)
                        .withForce(isForced)
                        .build());
    }

    private static String ready(String status, String reason, String message) {
        return "{type: Ready, status: '%s', reason: %s, message: '%s', lastTransitionTime: '2026-01-01T00:00:00Z'}"
                .formatted(status, reason, message);
    }

    private static LMStudioNode node(String rest) {
        return Serialization.unmarshal("""
                apiVersion: lmstudio-operator.dev/v1alpha1
                kind: LMStudioNode
                metadata: {name: %s}
                %s
                """.formatted(NAME, rest), LMStudioNode.class);
    }

    private List<String> kubectl(String... arguments) {
        return controlPlane.kubectl().run(arguments).lines();
    }

    private static String words(String line) {
        return line.strip().replaceAll("\\s+", " ");
    }
}
