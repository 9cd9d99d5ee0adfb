package dev.lmstudiooperator.agent.lmstudionode;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.controlplane.RetryOnConflict.edit;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.ManagedModelReference;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TcpProxy;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import dev.lmstudiooperator.lmstudio.Observation;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests one LMStudioNode on a real API server, with its Kubernetes Node and other writers. */
@WithControlPlane
class NodeStatusSyncerIT {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String URL = "http://127.0.0.1:1234";

    private final ControlPlane controlPlane;
    private final KubernetesClient admin;
    private final String name = "kept-" + NUMBER.incrementAndGet();
    private final Set<String> named = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean mayWrite = new AtomicBoolean(true);
    private final List<NodeStatusSyncer> keepers = new ArrayList<>();

    NodeStatusSyncerIT(ControlPlane controlPlane) {
        this.controlPlane = controlPlane;
        this.admin = controlPlane.admin();
    }

    @AfterEach
    void stop() {
        keepers.forEach(NodeStatusSyncer::close);
        admin.resources(LMStudioNode.class).withName(name).delete();
        admin.nodes().withName(name).delete();
    }

    @Test
    void nodeIsRegisteredWithTheLabelsAndTheUidOfItsKubernetesNode() {
        Node machine = createNode(Map.of("zone", "a", "pool", "of-the-node"));

        keep(admin, Map.of("pool", "configured"));

        LMStudioNode registered =
                await("is registered and has a status", node -> node.getStatus().nodeUID() != null);
        assertThat(registered.getMetadata().getLabels())
                .containsExactlyInAnyOrderEntriesOf(Map.of("zone", "a", "pool", "configured"));
        assertThat(owners(registered)).containsExactly(uid(machine));
        assertThat(registered.getStatus().nodeUID()).isEqualTo(uid(machine));
        assertThat(registered.getStatus().observedGeneration()).isEqualTo(1);
        assertThat(registered.getSpec().unschedulable()).isFalse();
        assertThat(managers(registered)).containsOnly("lmstudio-operator-agent");
    }

    @Test
    void hostOutsideTheClusterIsRegisteredAsWell() {
        keep(admin, Map.of("pool", "configured"));

        LMStudioNode registered = await("has a status", node -> ready(node) != null);

        assertThat(registered.getMetadata().getLabels()).isEqualTo(Map.of("pool", "configured"));
        assertThat(registered.getMetadata().getOwnerReferences()).isEmpty();
        assertThat(registered.getStatus().nodeUID()).isNull();
    }

    @Test
    void kubernetesNodeThatMayNotBeSeenIsDoneWithout() {
        createNode(Map.of("zone", "a"));

        keep(outsider(), Map.of("pool", "configured"));

        LMStudioNode registered = await("has a status", node -> ready(node) != null);
        assertThat(registered.getMetadata().getLabels()).isEqualTo(Map.of("pool", "configured"));
        assertThat(registered.getMetadata().getOwnerReferences()).isEmpty();
    }

    @Test
    void labelsFollowTheKubernetesNodeAlsoWhereTheyGo() {
        createNode(Map.of("zone", "a", "gone", "soon"));
        keep(admin, Map.of());
        await("has the labels", node -> Map.of("zone", "a", "gone", "soon").equals(labels(node)));
        label("added-by=a-person");

        edit(admin.nodes().withName(name), node -> {
            node.getMetadata().setLabels(Map.of("zone", "b"));
            return node;
        });

        await("has the new labels and the other label", node -> Map.of("zone", "b", "added-by", "a-person")
                .equals(labels(node)));
    }

    @Test
    void labelThatWasRemovedWhileNoAgentRanIsRemoved() {
        createNode(Map.of("zone", "a", "gone", "meanwhile"));
        NodeStatusSyncer first = keep(admin, Map.of());
        await("has the labels", node -> Map.of("zone", "a", "gone", "meanwhile").equals(labels(node)));
        first.close();
        edit(admin.nodes().withName(name), node -> {
            node.getMetadata().setLabels(Map.of("zone", "a"));
            return node;
        });

        keep(admin, Map.of());

        await("has the remaining label", node -> Map.of("zone", "a").equals(labels(node)));
    }

    @Test
    void labelThatAUserRemovesIsRestored() {
        createNode(Map.of("zone", "a"));
        keep(admin, Map.of());
        await("has the label", node -> Map.of("zone", "a").equals(labels(node)));

        label("zone-");

        await("has it again", node -> Map.of("zone", "a").equals(labels(node)));
    }

    @Test
    void kubernetesNodeThatComesBackWithAnotherUidIsFollowed() {
        Node before = createNode(Map.of("zone", "a"));
        keep(admin, Map.of());
        await("has the UID of the first Node", node -> uid(before)
                .equals(node.getStatus().nodeUID()));

        admin.nodes().withName(name).delete();
        Node after = createNode(Map.of("zone", "b"));

        LMStudioNode followed = await("has the UID of the second Node", node -> uid(after)
                .equals(node.getStatus().nodeUID()));
        assertThat(owners(followed)).containsExactly(uid(after));
        assertThat(labels(followed)).isEqualTo(Map.of("zone", "b"));
    }

    /** Deletes and creates the Node like {@code kubectl delete node} and the garbage collector. */
    @Test
    void nodeThatWasDeletedWithItsKubernetesNodeIsCreatedOnlyWithTheNextOne() {
        Node before = createNode(Map.of("zone", "a"));
        keep(admin, Map.of());
        await("has the UID of the first Node", node -> uid(before)
                .equals(node.getStatus().nodeUID()));
        admin.nodes().withName(name).delete();
        int writes = writes().size();

        admin.resources(LMStudioNode.class).withName(name).delete();
        Node after = createNode(Map.of("zone", "b"));

        LMStudioNode followed = await("has the UID of the second Node", node -> uid(after)
                .equals(node.getStatus().nodeUID()));
        assertThat(owners(followed)).containsExactly(uid(after));
        // Three writes at most: the deletion, the registration of the new object, and its status.
        assertThat(writes()).hasSizeLessThanOrEqualTo(writes + 3);
    }

    @Test
    void deletedUnderARunningAgentItComesBackWithEverything() {
        createNode(Map.of("zone", "a"));
        keep(admin, Map.of());
        LMStudioNode before = await("has a status", node -> ready(node) != null);

        admin.resources(LMStudioNode.class).withName(name).delete();

        LMStudioNode after = await(
                "is a new object with a status",
                node -> !node.getMetadata().getUid().equals(before.getMetadata().getUid()) && ready(node) != null);
        assertThat(labels(after)).isEqualTo(Map.of("zone", "a"));
        assertThat(after.getStatus().models()).isEqualTo(before.getStatus().models());
        assertThat(after.getStatus().nodeUID()).isEqualTo(before.getStatus().nodeUID());
    }

    @Test
    void advertisedAddressIsTakenUp() {
        keep(admin, Map.of());
        LMStudioNode before =
                await("has a status", node -> URL.equals(node.getStatus().apiAddress()));
        assertThat(before.getStatus().observedGeneration()).isEqualTo(1);

        controlPlane
                .kubectl()
                .run(
                        "patch",
                        "lmn",
                        name,
                        "--type=merge",
                        "-p",
                        "{\"spec\":{\"advertisedAddress\":\"https://gpu.example.org\"}}")
                .orThrow();

        LMStudioNode after = await("has the new address", node -> "https://gpu.example.org"
                .equals(node.getStatus().apiAddress()));
        assertThat(after.getStatus().observedGeneration()).isEqualTo(2);
        assertThat(after.getSpec().advertisedAddress()).isEqualTo("https://gpu.example.org");
    }

    @Test
    void returningAgentReplacesTheStatusOfTheController() {
        NodeStatusSyncer lost = keep(admin, Map.of());
        await("is ready", node -> "Reachable".equals(ready(node)));
        lost.close();
        sayThatTheAgentIsLost();
        await("is lost", node -> "AgentLost".equals(ready(node)));

        keep(admin, Map.of());

        LMStudioNode back = await("is ready again", node -> "Reachable".equals(ready(node)));
        assertThat(requireNonNull(back.getStatus().conditions())).hasSize(1);
    }

    @Test
    void statusFollowsTheObservationAndTheManagedModels() {
        NodeStatusSyncer syncer = keep(admin, Map.of());
        await("reports no loaded models", node -> Integer.valueOf(0)
                .equals(node.getStatus().loadedModels()));

        syncer.observed(Known.observation(List.of(Known.instance("chat", 5)), List.of()));
        await("reports an unmanaged instance", node -> List.of(false).equals(managed(node)));

        named.add("chat");
        await("reports a managed instance", node -> List.of(true).equals(managed(node)));
    }

    @Test
    void nothingIsWrittenAtRest() {
        createNode(Map.of("zone", "a"));
        NodeStatusSyncer syncer = keep(admin, Map.of());
        await("has a status", node -> ready(node) != null);
        int before = writes().size();
        // One write creates the object, one sets its status.
        assertThat(before).isEqualTo(2);

        for (int round = 0; round < 50; round++) {
            syncer.observed(Known.observation(List.of(), List.of(Known.model("qwen"))));
        }
        edit(admin.nodes().withName(name), node -> {
            node.getMetadata().setAnnotations(Map.of("of-no-concern", "x"));
            return node;
        });
        label("added-by=a-person");
        syncer.observed(Known.observation(List.of(Known.instance("end", 5)), List.of(Known.model("qwen"))));
        await("reports an unmanaged instance", node -> List.of(false).equals(managed(node)));

        // One write for the label of the other client, one for the final list of loaded models.
        assertThat(writes()).hasSize(before + 2);
    }

    @Test
    void restartedAgentWritesNothingNew() {
        createNode(Map.of("zone", "a"));
        NodeStatusSyncer first = keep(admin, Map.of());
        LMStudioNode before = await("has a status", node -> ready(node) != null);
        first.close();
        int writes = writes().size();

        keep(admin, Map.of());

        // The registration is sent once and changes nothing.
        eventually("it has registered", () -> writes().size(), count -> count == writes + 1);
        assertThat(get().orElseThrow().getMetadata().getResourceVersion())
                .isEqualTo(before.getMetadata().getResourceVersion());
    }

    @Test
    void changesWhileTheApiServerIsUnavailableAreWrittenLater() throws IOException {
        createNode(Map.of("zone", "a"));
        try (TcpProxy proxy = controlPlane.proxy();
                KubernetesClient client = clientThrough(proxy)) {
            proxy.open();
            NodeStatusSyncer syncer = keep(client, Map.of());
            LMStudioNode before = await("has a status", node -> ready(node) != null);

            proxy.shut();
            syncer.observed(Known.observation(List.of(Known.instance("chat", 5)), List.of()));
            admin.resources(LMStudioNode.class).withName(name).delete();
            proxy.open();

            await(
                    "is a new object that reports the instance",
                    node -> !node.getMetadata()
                                    .getUid()
                                    .equals(before.getMetadata().getUid())
                            && List.of(false).equals(managed(node)));
            syncer.close();
        }
    }

    @Test
    void agentThatIsNotTheOneOfItsNodeWritesNothing() {
        mayWrite.set(false);
        NodeStatusSyncer syncer = keep(admin, Map.of());
        for (int round = 0; round < 20; round++) {
            syncer.observed(Known.NOTHING_LOADED);
        }
        assertThat(get()).isEmpty();
        assertThat(writes()).isEmpty();

        mayWrite.set(true);
        syncer.observed(Known.NOTHING_LOADED);

        await("has a status", node -> ready(node) != null);
    }

    private static InstanceOwner owner(String name) {
        return new InstanceOwner(new ManagedModelReference("models", name, "uid-of-" + name), DeletionPolicy.UNLOAD);
    }

    private NodeStatusSyncer keep(KubernetesClient client, Map<String, String> configuredLabels) {
        NodeStatusSyncer syncer = new NodeStatusSyncer(
                client,
                new NodeStatusSyncer.Settings(name, configuredLabels, URI.create(URL), 48_000_000_000L),
                () -> Optional.of(Known.FACTS),
                () -> Optional.of(
                        named.stream().collect(Collectors.toMap(Function.identity(), NodeStatusSyncerIT::owner))),
                released -> false,
                orphans -> {},
                mayWrite::get,
                SteadyClock.ofThisMachine());
        keepers.add(syncer);
        Observation first = Known.observation(List.of(), List.of(Known.model("qwen")));
        syncer.observed(first);
        syncer.start();
        return syncer;
    }

    private LMStudioNode await(String claim, Predicate<LMStudioNode> isSo) {
        return eventually(
                        name + " " + claim, this::get, node -> node.filter(isSo).isPresent())
                .orElseThrow();
    }

    private Optional<LMStudioNode> get() {
        return Optional.ofNullable(
                admin.resources(LMStudioNode.class).withName(name).get());
    }

    private List<String> writes() {
        return controlPlane.auditLog().writesTo("/lmstudionodes/" + name);
    }

    private Node createNode(Map<String, String> labels) {
        return admin.resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withLabels(labels)
                        .endMetadata()
                        .build())
                .create();
    }

    /** Takes an argument of {@code kubectl label}: {@code key=value}, or {@code key-} to remove the label. */
    private void label(String label) {
        controlPlane.kubectl().run("label", "lmn", name, label).orThrow();
    }

    private void sayThatTheAgentIsLost() {
        LMStudioNode lost = new LMStudioNode();
        lost.setMetadata(new ObjectMetaBuilder().withName(name).build());
        lost.setStatus(withReady(new StatusConditions.Setter(List.of(), 1, Known.NOW)
                .condition(ConditionType.READY, ConditionStatus.UNKNOWN, Reason.AGENT_LOST, "silent")));
        admin.resource(lost)
                .subresource("status")
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("lmstudio-operator-controller")
                        .withForce(true)
                        .build());
    }

    private static LMStudioNodeStatus withReady(Condition condition) {
        return LMStudioNodeStatus.ofConditions(List.of(condition));
    }

    private KubernetesClient outsider() {
        return controlPlane.clientFor(outsiderAccount());
    }

    private KubernetesClient clientThrough(TcpProxy proxy) throws IOException {
        String kubeconfig = Files.readString(controlPlane.kubeconfigFor(outsiderAccount(), proxy));
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig))
                .build();
    }

    /** Returns an account with the permissions of an agent, except that it cannot read Kubernetes Nodes. */
    private Account outsiderAccount() {
        String outsider = "outsider-" + name;
        admin.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(outsider)
                        .withNamespace("default")
                        .endMetadata()
                        .build())
                .create();
        admin.resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(outsider)
                        .endMetadata()
                        .withRules(new PolicyRuleBuilder()
                                .withApiGroups("lmstudio-operator.dev")
                                .withResources("lmstudionodes", "lmstudionodes/status")
                                .withVerbs("get", "list", "watch", "create", "patch")
                                .build())
                        .build())
                .create();
        admin.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(outsider)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", outsider)
                        .addNewSubject("", "ServiceAccount", outsider, "default")
                        .build())
                .create();
        return new Account("default", outsider, null);
    }

    private static @Nullable String ready(LMStudioNode node) {
        return StatusConditions.find(node.getStatus().conditions(), ConditionType.READY)
                .map(Condition::getReason)
                .orElse(null);
    }

    private static List<Boolean> managed(LMStudioNode node) {
        return Optional.ofNullable(node.getStatus().instances()).stream()
                .flatMap(List::stream)
                .map(instance -> instance.managedModel() != null)
                .toList();
    }

    private static Map<String, String> labels(LMStudioNode node) {
        return Optional.ofNullable(node.getMetadata().getLabels()).orElse(Map.of());
    }

    private static List<String> owners(LMStudioNode node) {
        return node.getMetadata().getOwnerReferences().stream()
                .map(OwnerReference::getUid)
                .toList();
    }

    private static List<String> managers(LMStudioNode node) {
        return node.getMetadata().getManagedFields().stream()
                .map(entry -> entry.getManager())
                .toList();
    }

    private static String uid(Node node) {
        return node.getMetadata().getUid();
    }
}
