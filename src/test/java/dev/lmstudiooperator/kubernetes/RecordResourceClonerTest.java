package dev.lmstudiooperator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecordResourceClonerTest {

    private static final KubernetesSerialization JSON = new KubernetesSerialization();
    private static final String METADATA = """
            metadata:
              namespace: team-a
              name: chat
              uid: b1
              generation: 3
              resourceVersion: "7"
              creationTimestamp: "2026-01-01T12:00:00Z"
              deletionTimestamp: "2026-01-02T12:00:00Z"
              deletionGracePeriodSeconds: 0
              finalizers: [lmstudio-operator.dev/agent]
              labels: {team: a}
              annotations: {lmstudio-operator.dev/reload: "1"}
              ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: owner, uid: b2, controller: true}]
              managedFields:
              - {manager: kubectl, operation: Apply, apiVersion: v1, fieldsV1: {"f:spec": {"f:model": {}}}}
            """;
    private static final String MODEL = METADATA + """
            spec: {model: qwen, ttlSeconds: 600, load: {contextLength: 4096}, nodeSelector: {gpu: big}}
            status:
              phase: Ready
              nodeName: a
              conditions: [{type: Ready, status: "True", reason: Verified, message: served}]
            """;
    private static final String SET = METADATA + """
            spec: {replicas: 2, template: {spec: {model: qwen}}}
            status: {replicas: 2, conditions: [{type: Ready, status: "True", reason: ReplicasReady, message: ready}]}
            """;
    private static final String NODE = METADATA + """
            spec: {unschedulable: true}
            status: {conditions: [{type: Ready, status: "False", reason: AgentLost, message: silent}]}
            """;

    static Stream<HasMetadata> resources() {
        return Stream.of(
                JSON.unmarshal(MODEL, ManagedModel.class),
                JSON.unmarshal(METADATA, ManagedModel.class),
                JSON.unmarshal(SET, ManagedModelSet.class),
                JSON.unmarshal(NODE, LMStudioNode.class),
                JSON.unmarshal(METADATA, Namespace.class));
    }

    private final RecordResourceCloner copies = new RecordResourceCloner(JSON);

    @ParameterizedTest
    @MethodSource("resources")
    void copyIsTheSame(HasMetadata original) {
        assertThat(JSON.asYaml(copies.copy(original))).isEqualTo(JSON.asYaml(original));
    }

    @ParameterizedTest
    @MethodSource("resources")
    void changesOfTheCopyAreItsOwn(HasMetadata original) {
        String before = JSON.asYaml(original);
        HasMetadata copy = copies.copy(original);

        copy.getMetadata().getFinalizers().clear();
        copy.getMetadata().getLabels().put("team", "b");
        copy.getMetadata().getAnnotations().clear();
        copy.getMetadata().getOwnerReferences().getFirst().setName("other");
        copy.getMetadata().setManagedFields(List.of());
        copy.getMetadata().setResourceVersion("8");
        if (copy instanceof ManagedModel model) {
            model.setStatus(ManagedModelStatus.UNOBSERVED);
        }

        assertThat(JSON.asYaml(original)).isEqualTo(before);
    }
}
