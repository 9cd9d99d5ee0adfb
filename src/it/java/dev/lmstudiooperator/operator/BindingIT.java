package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.controlplane.RetryOnConflict.edit;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeSpec;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.NodeModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Verifies how the controller schedules models: two machines, and a pinned model only where a test says so. */
@OperatorTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BindingIT {

    private static final String ON_B_ONLY = "model: only-on-b, verification: {settleSeconds: 0}";

    private final ControlPlane controlPlane;
    private final String namespace;
    private final Cluster cluster;

    BindingIT(ControlPlane controlPlane, TestNamespace namespace, Cluster cluster) {
        this.controlPlane = controlPlane;
        this.namespace = namespace.name();
        this.cluster = cluster;
    }

    @BeforeAll
    void start() {
        cluster.addController();
        cluster.addMachine("a", Map.of("LMSTUDIO_OPERATOR_NODE_LABELS_GPU", "a100"));
        cluster.addMachine("b").lmStudio().addModel("only-on-b");
        cluster.awaitReady();
        cluster.awaitNode("b", "lists its models", BindingIT::hasTheOtherModel);
    }

    @AfterEach
    void tidyUp() {
        cluster.models().deleteAll();
        for (String name : List.of("a", "b")) {
            edit(cluster.node(name), node -> {
                node.setSpec(null);
                return node;
            });
        }
    }

    @Test
    void nodeThatHasTheModelIsPreferred() {
        cluster.models().apply("picky", ON_B_ONLY);

        ManagedModel ready = cluster.models().awaitReady("picky");

        assertThat(ready.getStatus().nodeName()).isEqualTo("b");
        assertThat(ready.getSpec().nodeName()).isNull();
    }

    @Test
    void modelsAreSpread() {
        List<String> names = IntStream.range(0, 6).mapToObj("m%d"::formatted).toList();
        names.forEach(name -> cluster.models().apply(name, LLAMA));

        Map<String, Long> onNodes = names.stream()
                .map(name -> cluster.models().awaitReady(name).getStatus().nodeName())
                .collect(Collectors.groupingBy(node -> node, Collectors.counting()));

        assertThat(onNodes).isEqualTo(Map.of("a", 3L, "b", 3L));
    }

    /** Uses the audit log of the API server. */
    @Test
    void agentAsksForItsOwnModelsAndWritesNoOther() {
        cluster.models().apply("of-a", LLAMA + ", nodeName: a");
        cluster.models().apply("of-b", LLAMA + ", nodeName: b");
        cluster.models().awaitReady("of-a");
        cluster.models().awaitReady("of-b");

        List<String> requests = controlPlane.auditLog().requestsOfNode("a");

        assertThat(requests)
                .filteredOn(request -> request.contains("/managedmodels?"))
                .isNotEmpty()
                .allMatch(request -> request.contains("fieldSelector=status.nodeName%3Da"));
        assertThat(requests)
                .noneMatch(request -> request.contains("/managedmodels/of-b"))
                .anyMatch(request -> request.contains("/managedmodels/of-a/status"));
    }

    @Test
    void pinAndSelectorAreObeyed() {
        cluster.models().apply("pinned", LLAMA + ", nodeName: a");
        cluster.models().apply("chosen", LLAMA + ", nodeSelector: {gpu: a100}");

        assertThat(cluster.models().awaitReady("pinned").getStatus().nodeName()).isEqualTo("a");
        assertThat(cluster.models().awaitReady("chosen").getStatus().nodeName()).isEqualTo("a");
    }

    @Test
    void modelThatFitsNoNodeReportsWhyAndIsScheduledWhenANodeFits() {
        cluster.models().apply("waiting", LLAMA + ", nodeSelector: {tier: gold}");
        ManagedModel waiting = cluster.models().awaitReason("waiting", "NoMatchingNode");
        assertThat(AppliedModels.message(waiting))
                .startsWith("0/2 nodes are available: ")
                .contains("2 lack", "tier");

        edit(cluster.node("b"), node -> {
            node.getMetadata().getLabels().put("tier", "gold");
            return node;
        });

        assertThat(cluster.models().awaitReady("waiting").getStatus().nodeName())
                .isEqualTo("b");
        edit(cluster.node("b"), node -> {
            node.getMetadata().getLabels().remove("tier");
            return node;
        });
    }

    @Test
    void cordonedNodeKeepsItsModelsAndGetsNoOthers() {
        cluster.models().applyAndAwaitReady("early", LLAMA + ", nodeName: a");
        cordon("a", true);

        cluster.models().apply("late", LLAMA + ", nodeName: a");

        assertThat(AppliedModels.message(cluster.models().awaitReason("late", "NoMatchingNode")))
                .contains("unschedulable");
        assertThat(AppliedModels.condition(cluster.models().resource("early").get(), "Ready"))
                .isEqualTo("True");
        cordon("a", false);
        cluster.models().awaitReady("late");
    }

    @Test
    void nodeIsForTheNamespacesThatItAllows() {
        edit(cluster.node("a"), node -> {
            node.setSpec(new LMStudioNodeSpec(
                    null,
                    null,
                    null,
                    new LabelSelectorBuilder()
                            .addToMatchLabels("team", "vision")
                            .build()));
            return node;
        });
        cluster.awaitNode("a", "is restricted", node -> node.getSpec().allowedNamespaces() != null);
        cluster.models().apply("outsider", LLAMA + ", nodeName: a");
        assertThat(AppliedModels.message(cluster.models().awaitReason("outsider", "NoMatchingNode")))
                .contains("namespace");

        edit(controlPlane.admin().namespaces().withName(namespace), before -> new NamespaceBuilder(before)
                .editMetadata()
                .addToLabels("team", "vision")
                .endMetadata()
                .build());

        assertThat(cluster.models().awaitReady("outsider").getStatus().nodeName())
                .isEqualTo("a");
    }

    @Test
    void modelPinnedToAMissingNodeReportsItAndIsScheduledWhenTheNodeAppears(@TempDir Path folder) {
        cluster.models().apply("early-bird", LLAMA + ", nodeName: c");
        assertThat(AppliedModels.message(cluster.models().awaitReason("early-bird", "NoMatchingNode")))
                .contains("no LMStudioNode c as in spec.nodeName");

        AgentFixture late = cluster.addMachine("c");
        try {
            assertThat(cluster.models().awaitReady("early-bird").getStatus().nodeName())
                    .isEqualTo("c");
        } finally {
            cluster.models().deleteAll();
            late.close();
            cluster.node("c").delete();
        }
    }

    private static boolean hasTheOtherModel(LMStudioNode node) {
        List<NodeModel> models = node.getStatus().models();
        return models != null && models.stream().anyMatch(model -> model.key().equals("only-on-b"));
    }

    private void cordon(String node, boolean unschedulable) {
        edit(cluster.node(node), before -> {
            before.setSpec(new LMStudioNodeSpec(unschedulable, null, null, null));
            return before;
        });
        eventually(
                "the spec is written",
                () -> cluster.node(node).get().getSpec().unschedulable(),
                seen -> Boolean.valueOf(unschedulable).equals(seen));
    }
}
