package dev.lmstudiooperator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests the representation of a ManagedModel that the API server has accepted. */
@WithControlPlane
class ManagedModelResourceIT {

    private final ControlPlane controlPlane;
    private final String namespace;

    ManagedModelResourceIT(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.namespace = namespace.name();
    }

    @Test
    void omittedFieldsGetTheDocumentedDefaults() {
        // when
        create("defaults");

        // then
        GenericKubernetesResource stored = controlPlane
                .admin()
                .genericKubernetesResources("lmstudio-operator.dev/v1alpha1", "ManagedModel")
                .inNamespace(namespace)
                .withName("defaults")
                .require();
        assertThat(stored.<Object>get("spec"))
                .isEqualTo(Map.of(
                        "model",
                        "llama",
                        "retention",
                        "KeepLoaded",
                        "deletionPolicy",
                        "UnloadIfLoaded",
                        "drainSeconds",
                        60,
                        "pullPolicy",
                        "Never",
                        "suspend",
                        false,
                        "verification",
                        Map.of(
                                "mode",
                                "Served",
                                "settleSeconds",
                                2,
                                "periodSeconds",
                                60,
                                "timeoutSeconds",
                                10,
                                "stuckSeconds",
                                1800,
                                "reloadStuck",
                                false,
                                "failureThreshold",
                                3)));
        assertThat(stored.<Object>get("status")).isEqualTo(Map.of("observedGeneration", -1));
    }

    @Test
    void listHasTheDocumentedColumns() {
        // given
        create("columns");
        patchStatus("columns", """
                {nodeName: n1, verification: {result: Passed, mode: Served, checkedTime: "2026-01-01T00:00:00Z",
                  cli: loaded, api: loaded}, instance: {identifier: columns, modelKey: llama, ttlSeconds: 600,
                  expiresTime: "2026-01-01T00:10:00Z"},
                 conditions: [{type: Ready, status: "True", reason: Verified, message: "It is served.",
                  lastTransitionTime: "2026-01-01T00:00:00Z"}]}
                """);

        // when
        List<String> narrow = kubectl("get", "mm", "columns");
        List<String> wide = kubectl("get", "mm", "columns", "-o", "wide");

        // then
        assertThat(words(narrow.getFirst())).isEqualTo("NAME MODEL NODE READY REASON VERIFIED AGE");
        assertThat(words(narrow.getLast())).startsWith("columns llama n1 True Verified Passed ");
        assertThat(words(wide.getFirst())).isEqualTo("NAME MODEL NODE READY REASON VERIFIED AGE TTL EXPIRES MESSAGE");
        assertThat(words(wide.getLast())).endsWith(" 600 2026-01-01T00:10:00Z It is served.");
    }

    @Test
    void theCategoryListsEverythingOfOurs() {
        create("category");

        assertThat(kubectl("get", "lmstudio", "-o", "name")).contains("managedmodel.lmstudio-operator.dev/category");
    }

    @Test
    void explainDescribesTheDifferenceBetweenTheRetentions() {
        String explanation = words(String.join(" ", kubectl("explain", "mm.spec.retention")));

        assertThat(explanation)
                .contains("KeepLoaded: the agent renews the TTL")
                .contains("loads the model again after an eviction")
                .contains("Temporary: the agent loads the model once for each change")
                .contains("LM Studio unloads it when it was idle for the TTL");
    }

    @Test
    void everyFieldOfTheSpecIsExplained() {
        String explanation = String.join("\n", kubectl("explain", "mm.spec", "--recursive=false"));

        assertThat(explanation).doesNotContain("<no description>");
    }

    @Test
    void anAgentListsOnlyTheModelsOfItsNode() {
        // given
        create("here");
        create("elsewhere");
        create("nowhere");
        patchStatus("here", "{nodeName: node-of-selector}");
        patchStatus("elsewhere", "{nodeName: another-node}");

        // when
        List<ManagedModel> found =
                models().withField("status.nodeName", "node-of-selector").list().getItems();

        // then
        assertThat(found).extracting(model -> model.getMetadata().getName()).containsExactly("here");
    }

    @Test
    void controllerAndAgentEachOwnTheirConditions() {
        // given
        create("shared");
        applyStatus("shared", "controller", condition("Scheduled", "Bound"));

        // when
        applyStatus("shared", "agent", condition("Ready", "Verified"));

        // then
        assertThat(conditionsOf("shared")).containsOnlyKeys("Scheduled", "Ready");
    }

    @Test
    void aConditionThatItsOwnerLeavesOutIsGone() {
        // given
        create("left-out");
        applyStatus("left-out", "controller", condition("Scheduled", "Bound"));
        applyStatus("left-out", "agent", condition("Ready", "Loading") + ", " + condition("Reconciling", "Loading"));

        // when
        applyStatus("left-out", "agent", condition("Ready", "Verified"));

        // then
        assertThat(conditionsOf("left-out")).containsOnlyKeys("Scheduled", "Ready");
    }

    @Test
    void aConditionOfAnotherOwnerIsNotTakenOverByAccident() {
        // given
        create("contested");
        applyStatus("contested", "agent", condition("Ready", "Verified"));

        // when, then
        assertThatThrownBy(() -> applyStatus("contested", "controller", condition("Ready", "AgentLost")))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("conflict with \"agent\"");
    }

    private void create(String name) {
        controlPlane.admin().resource(model(name, "spec: {model: llama}")).create();
    }

    private void patchStatus(String name, String status) {
        models().withName(name)
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        Serialization.asJson(Serialization.unmarshal("status: " + status, Map.class)));
    }

    private void applyStatus(String name, String owner, String conditions) {
        controlPlane
                .admin()
                .resource(model(name, "status: {conditions: [" + conditions + "]}"))
                .subresource("status")
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager(owner)
                        .withForce(false)
                        .build());
    }

    private static String condition(String type, String reason) {
        return "{type: %s, status: 'True', reason: %s, message: '', lastTransitionTime: '2026-01-01T00:00:00Z'}"
                .formatted(type, reason);
    }

    private Map<String, Condition> conditionsOf(String name) {
        List<Condition> conditions =
                models().withName(name).require().getStatus().conditions();
        return conditions == null
                ? Map.of()
                : conditions.stream().collect(Collectors.toMap(Condition::getType, condition -> condition));
    }

    private ManagedModel model(String name, String rest) {
        return Serialization.unmarshal("""
                apiVersion: lmstudio-operator.dev/v1alpha1
                kind: ManagedModel
                metadata: {name: %s, namespace: %s}
                %s
                """.formatted(name, namespace, rest), ManagedModel.class);
    }

    private NonNamespaceOperation<ManagedModel, KubernetesResourceList<ManagedModel>, Resource<ManagedModel>> models() {
        return controlPlane.admin().resources(ManagedModel.class).inNamespace(namespace);
    }

    private List<String> kubectl(String... arguments) {
        return controlPlane
                .kubectl()
                .run(Stream.concat(Stream.of("--namespace", namespace), Stream.of(arguments))
                        .toArray(String[]::new))
                .lines();
    }

    private static String words(String line) {
        return line.strip().replaceAll("\\s+", " ");
    }
}
