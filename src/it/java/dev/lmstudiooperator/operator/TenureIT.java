package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.NodeLease;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TcpProxy;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import dev.lmstudiooperator.simulator.JournalEntry;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpecBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One LM Studio and one node name each have exactly one active agent, even if another is started or the Lease is changed.
 */
@WithControlPlane
class TenureIT {

    private static final String LLAMA = "model: llama-3.2-1b-instruct, verification: {settleSeconds: 0}";
    private static final String LEASE_DURATION = "LMSTUDIO_OPERATOR_LEASE_DURATION";
    private static final String STATE_FOLDER = "LMSTUDIO_OPERATOR_STATE_DIR";

    private final ControlPlane controlPlane;
    private final Path folder;

    TenureIT(ControlPlane controlPlane, @TempDir Path folder) {
        this.controlPlane = controlPlane;
        this.folder = folder;
    }

    @Test
    void secondProcessOfTheMachineChangesNothingAndTakesOverWhenTheFirstIsKilled() {
        try (Scene scene = start(Map.of())) {
            scene.operator().awaitReady();
            try (OperatorProcess second = scene.launchBeside(Map.of())) {
                second.awaitNotReady("another process");
                scene.apply("kept", LLAMA);
                scene.awaitReadyAfterLoads("kept", 1);
                assertThat(second.get("/q/metrics")).doesNotContain("lms_last_poll_timestamp_seconds");
                assertToldOnce(second, "Standing by: not the agent of the node", "another process");

                scene.operator().kill();

                second.awaitReady();
                scene.lmStudio().evict("kept");
                scene.awaitReadyAfterLoads("kept", 2);
                assertThat(scene.lmStudio().journal().loadsOf("kept")).containsExactly("loaded", "loaded");
                assertToldOnce(second, "The agent of this node");
                scene.models().deleteAll();
            }
        }
    }

    @Test
    @FailureScenario(Category.CONCURRENCY)
    void strangerOfTheSameNameWaitsAndSaysWhyUntilTheOtherIsSilent() {
        try (Scene scene = start(Map.of());
                SimulatorProcess strangersLmStudio = SimulatorProcess.start(folder.resolve("stranger"))) {
            scene.operator().awaitReady();
            scene.apply("kept", LLAMA);
            scene.awaitReadyAfterLoads("kept", 1);
            applyNode(scene);
            try (OperatorProcess stranger = scene.launchBeside(Map.of(
                    "LMSTUDIO_OPERATOR_LMS_PATH",
                            strangersLmStudio.lmsExecutable().toString(),
                    "LMSTUDIO_OPERATOR_LMS_HOME", strangersLmStudio.home().toString(),
                    "LMSTUDIO_OPERATOR_HTTP_URL", strangersLmStudio.httpUrl().toString()))) {
                stranger.awaitNotReady("another agent");
                eventually(
                        "an event of the node reports it",
                        () -> reasonsToldOf(scene.nodeName()),
                        reasons -> reasons.contains("DuplicateAgent"));
                String holder = holder(scene);
                scene.apply("second", LLAMA);
                scene.awaitReadyAfterLoads("second", 1);
                scene.deleteAndAwaitGone("second");
                assertThat(holder(scene)).isEqualTo(holder);
                assertThat(mutations(strangersLmStudio)).isEmpty();
                assertToldOnce(stranger, "Standing by: not the agent of the node", "another agent, " + holder);

                scene.operator().kill();

                stranger.awaitReady();
                assertThat(holder(scene)).isNotEqualTo(holder);
                eventually("the other LM Studio loads it", strangersLmStudio::instances, instances -> instances.stream()
                        .map(SimulatedInstance::identifier)
                        .toList()
                        .equals(List.of("kept")));
                scene.awaitReady("kept");
                scene.models().deleteAll();
            }
        }
    }

    /** With this Lease duration, waiting for the expiry would take longer than the test. */
    @Test
    void nextProcessOfTheAgentTakesOverAtOnce() {
        try (Scene scene = start(Map.of(LEASE_DURATION, "10m"))) {
            scene.operator().awaitReady();
            scene.apply("kept", LLAMA);
            scene.awaitReadyAfterLoads("kept", 1);
            String holder = holder(scene);

            scene.restartOperator();

            assertThat(holder(scene)).isEqualTo(holder);
            scene.lmStudio().evict("kept");
            scene.awaitReadyAfterLoads("kept", 2);
            assertThat(scene.lmStudio().journal().loadsOf("kept")).containsExactly("loaded", "loaded");
            scene.models().deleteAll();
        }
    }

    @Test
    void agentWhoseLeaseWasGivenToAnotherStopsAndTakesItBack() {
        try (Scene scene = start(Map.of())) {
            scene.operator().awaitReady();
            scene.apply("kept", LLAMA);
            scene.awaitReadyAfterLoads("kept", 1);
            String holder = holder(scene);

            editLease(scene, spec -> spec.withHolderIdentity("a-person").withLeaseDurationSeconds(3600));
            scene.operator().awaitNotReady("another agent, a-person");
            scene.lmStudio().evict("kept");
            scene.resource("kept").delete();
            awaitGlances(scene, 10);
            assertThat(mutations(scene.lmStudio())).hasSize(1);
            assertThat(scene.resource("kept").get().getMetadata().getFinalizers())
                    .isNotEmpty();

            editLease(scene, spec -> spec.withLeaseDurationSeconds(1));

            scene.operator().awaitReady();
            assertThat(holder(scene)).isEqualTo(holder);
            scene.awaitGone("kept");
        }
    }

    @Test
    void modelThatComesWhileAnotherHoldsTheLeaseIsNotTouchedBeforeItIsTakenBack() {
        try (Scene scene = start(Map.of())) {
            scene.operator().awaitReady();
            scene.awaitNode();
            editLease(scene, spec -> spec.withHolderIdentity("a-person").withLeaseDurationSeconds(3600));
            scene.operator().awaitNotReady("another agent, a-person");

            scene.apply("new", LLAMA);
            scene.await("new", "is scheduled", model -> scene.nodeName()
                    .equals(model.getStatus().nodeName()));
            awaitGlances(scene, 10);
            assertThat(scene.resource("new").get().getMetadata().getFinalizers())
                    .isEmpty();
            assertThat(mutations(scene.lmStudio())).isEmpty();

            editLease(scene, spec -> spec.withLeaseDurationSeconds(1));

            scene.awaitReadyAfterLoads("new", 1);
            scene.models().deleteAll();
        }
    }

    @Test
    void deletedLeaseIsCreatedAgainAndNothingElseHappens() {
        try (Scene scene = start(Map.of())) {
            scene.operator().awaitReady();
            scene.apply("kept", LLAMA);
            scene.awaitReadyAfterLoads("kept", 1);
            String holder = holder(scene);

            lease(scene).delete();

            eventually(
                    "the Lease exists again",
                    () -> Optional.ofNullable(lease(scene).get())
                            .map(it -> it.getSpec().getHolderIdentity()),
                    seen -> seen.equals(Optional.of(holder)));
            assertThat(scene.operator().log()).doesNotContain("Standing by: not the agent of the node");
            scene.models().deleteAll();
        }
    }

    @Test
    void modelIsKeptWhileTheApiServerIsAwayAndProvenAgainAfterwards() {
        try (TcpProxy proxy = controlPlane.proxy();
                Scene scene = startBehind(proxy)) {
            proxy.open();
            scene.operator().awaitReady();
            scene.apply("kept", LLAMA + ", ttlSeconds: 30");
            scene.awaitReadyAfterLoads("kept", 1);

            proxy.shut();
            eventually("the Lease has expired", () -> sinceOverdue(scene), log -> !log.isEmpty());
            int renewals = renewals(scene);
            eventually("the model is renewed once more", () -> renewals(scene), now -> now > renewals);
            proxy.open();

            // Uses the log of the agent. The controller had no connection either, and may have marked the agent lost
            // before.
            eventually(
                    "the model was not ready until it was verified again",
                    () -> sinceOverdue(scene)
                            .lines()
                            .filter(line -> line.contains("[de.lm.ManagedModel]"))
                            .map(line -> line.replaceFirst(".* reason=(\\w+) .*", "$1"))
                            .toList(),
                    List.of("Verifying", "Verified")::equals);
            scene.awaitReady("kept");
            assertThat(scene.lmStudio().journal().loadsOf("kept")).containsExactly("loaded");
            scene.models().deleteAll();
        }
    }

    @Test
    void folderThatCannotBeUsedIsToldWithWhatToDo() {
        try (Scene scene = start(Map.of(STATE_FOLDER, "/proc/lmstudio-operator"))) {
            scene.operator().awaitNotReady("lmstudio-operator.state-dir");

            assertToldOnce(scene.operator(), "Standing by: not the agent of the node", "/proc/lmstudio-operator");
            assertThat(scene.lmStudio().journal().entries()).isEmpty();
        }
    }

    @Test
    void processThatIsNoAgentNeedsNoTenure() {
        try (Scene scene = start(Map.of(
                "LMSTUDIO_OPERATOR_ROLE",
                "controller",
                STATE_FOLDER,
                "/proc/lmstudio-operator",
                "KUBECONFIG",
                controlPlane.kubeconfigFor(Account.controller()).toString()))) {
            scene.operator().awaitReady();

            assertThat(lease(scene).get()).isNull();
            assertThat(scene.lmStudio().journal().entries()).isEmpty();
        }
    }

    private Scene start(Map<String, String> configuration) {
        return start(controlPlane.createNamespace("tenure"), configuration);
    }

    private Scene startBehind(TcpProxy proxy) {
        TestNamespace namespace = controlPlane.createNamespace("tenure");
        Account account = Account.allOn(Scene.nodeOf(namespace.name()));
        return start(
                namespace,
                Map.of("KUBECONFIG", controlPlane.kubeconfigFor(account, proxy).toString()));
    }

    private Scene start(TestNamespace namespace, Map<String, String> configuration) {
        Map<String, String> all = new HashMap<>(Map.of(LEASE_DURATION, "4s"));
        all.putAll(configuration);
        return Scene.start(controlPlane, namespace.name(), folder.resolve("own"), all);
    }

    private Resource<Lease> lease(Scene scene) {
        return controlPlane
                .admin()
                .leases()
                .inNamespace(Account.OPERATOR_NAMESPACE)
                .withName(NodeLease.nameFor(scene.nodeName()));
    }

    private String holder(Scene scene) {
        return lease(scene).get().getSpec().getHolderIdentity();
    }

    private void editLease(Scene scene, UnaryOperator<LeaseSpecBuilder> change) {
        lease(scene).edit(lease -> {
            lease.setSpec(change.apply(new LeaseSpecBuilder(lease.getSpec())).build());
            return lease;
        });
    }

    private void applyNode(Scene scene) {
        LMStudioNode node = new LMStudioNode();
        node.setMetadata(new ObjectMetaBuilder().withName(scene.nodeName()).build());
        controlPlane.admin().resource(node).serverSideApply();
    }

    private List<String> reasonsToldOf(String node) {
        return controlPlane.admin().events().v1().events().inNamespace("default").list().getItems().stream()
                .filter(event -> "LMStudioNode".equals(event.getRegarding().getKind()))
                .filter(event -> node.equals(event.getRegarding().getName()))
                .map(Event::getReason)
                .toList();
    }

    private static List<JournalEntry> mutations(SimulatorProcess lmStudio) {
        return lmStudio.journal().entries().stream()
                .filter(entry -> !entry.argv().isEmpty())
                .filter(entry ->
                        List.of("load", "unload", "get").contains(entry.argv().getFirst()))
                .toList();
    }

    private static String sinceOverdue(Scene scene) {
        String log = scene.operator().log();
        int at = log.indexOf("Node Lease expired");
        return at < 0 ? "" : log.substring(at);
    }

    private static int renewals(Scene scene) {
        return (int) scene.lmStudio().journal().http().stream()
                .filter(call -> call.request().endsWith("/v1/chat/completions"))
                .count();
    }

    private static void awaitGlances(Scene scene, int more) {
        int before = scene.lmStudio().journal().http().size();
        eventually(
                "the agent polls LM Studio",
                () -> scene.lmStudio().journal().http().size(),
                now -> now >= before + more);
    }

    private static void assertToldOnce(OperatorProcess operator, String... words) {
        assertThat(operator.log().lines().filter(line -> List.of(words).stream().allMatch(line::contains)))
                .hasSize(1);
    }
}
