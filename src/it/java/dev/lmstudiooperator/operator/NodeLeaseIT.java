package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.controlplane.RetryOnConflict.edit;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
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
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpecBuilder;
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
class NodeLeaseIT {

    private static final String LEASE_DURATION = "LMSTUDIO_OPERATOR_LEASE_DURATION";
    private static final String STATE_FOLDER = "LMSTUDIO_OPERATOR_STATE_DIR";

    private final ControlPlane controlPlane;
    private final Path folder;

    NodeLeaseIT(ControlPlane controlPlane, @TempDir Path folder) {
        this.controlPlane = controlPlane;
        this.folder = folder;
    }

    @Test
    void secondProcessOfTheMachineChangesNothingAndTakesOverWhenTheFirstIsKilled() {
        try (OperatorFixture fixture = start(Map.of())) {
            fixture.operator().awaitReady();
            try (OperatorProcess second = fixture.launchBeside(Map.of())) {
                second.awaitNotReady("another process");
                fixture.applyAndAwaitLoad("kept", LLAMA);
                assertThat(second.get("/q/metrics")).doesNotContain("lms_last_poll_timestamp_seconds");
                assertThat(second.linesWith("Standing by: not the agent of the node", "another process"))
                        .hasSize(1);

                fixture.operator().kill();

                second.awaitReady();
                fixture.lmStudio().evict("kept");
                fixture.awaitReadyAfterLoads("kept", 2);
                assertThat(fixture.journal().loadsOf("kept")).containsExactly("loaded", "loaded");
                assertThat(second.linesWith("The agent of this node")).hasSize(1);
                fixture.models().deleteAll();
            }
        }
    }

    @Test
    @FailureScenario(Category.CONCURRENCY)
    void secondAgentOfTheSameNodeNameWaitsUntilTheFirstIsGone() {
        try (OperatorFixture fixture = start(Map.of());
                SimulatorProcess strangersLmStudio = SimulatorProcess.start(folder.resolve("stranger"))) {
            fixture.operator().awaitReady();
            fixture.applyAndAwaitLoad("kept", LLAMA);
            applyNode(fixture);
            try (OperatorProcess stranger = fixture.launchBeside(OperatorProcess.environmentFor(strangersLmStudio))) {
                stranger.awaitNotReady("another agent");
                fixture.nodes().awaitEvent(fixture.nodeName(), "DuplicateAgent");
                String holder = holder(fixture);
                fixture.applyAndAwaitLoad("second", LLAMA);
                fixture.deleteAndAwaitGone("second");
                assertThat(holder(fixture)).isEqualTo(holder);
                assertThat(operations(strangersLmStudio)).isEmpty();
                assertThat(stranger.linesWith("Standing by: not the agent of the node", "another agent, " + holder))
                        .hasSize(1);

                fixture.operator().kill();

                stranger.awaitReady();
                assertThat(holder(fixture)).isNotEqualTo(holder);
                eventually("the other LM Studio loads it", strangersLmStudio::identifiers, List.of("kept")::equals);
                fixture.awaitReady("kept");
                fixture.models().deleteAll();
            }
        }
    }

    /** With this Lease duration, waiting for the expiry would take longer than the test. */
    @Test
    void nextProcessOfTheAgentTakesOverAtOnce() {
        try (OperatorFixture fixture = start(Map.of(LEASE_DURATION, "10m"))) {
            fixture.operator().awaitReady();
            fixture.applyAndAwaitLoad("kept", LLAMA);
            String holder = holder(fixture);

            fixture.restartOperator();

            assertThat(holder(fixture)).isEqualTo(holder);
            fixture.lmStudio().evict("kept");
            fixture.awaitReadyAfterLoads("kept", 2);
            assertThat(fixture.journal().loadsOf("kept")).containsExactly("loaded", "loaded");
            fixture.models().deleteAll();
        }
    }

    @Test
    void agentThatLosesItsLeaseStopsAndAcquiresItAgain() {
        try (OperatorFixture fixture = start(Map.of())) {
            fixture.operator().awaitReady();
            fixture.applyAndAwaitLoad("kept", LLAMA);
            String holder = holder(fixture);

            editLease(fixture, spec -> spec.withHolderIdentity("a-person").withLeaseDurationSeconds(3600));
            fixture.operator().awaitNotReady("another agent, a-person");
            fixture.lmStudio().evict("kept");
            fixture.resource("kept").delete();
            fixture.lmStudio().awaitRequests(10);
            assertThat(operations(fixture.lmStudio())).hasSize(1);
            assertThat(fixture.resource("kept").get().getMetadata().getFinalizers())
                    .isNotEmpty();

            editLease(fixture, spec -> spec.withLeaseDurationSeconds(1));

            fixture.operator().awaitReady();
            assertThat(holder(fixture)).isEqualTo(holder);
            fixture.awaitGone("kept");
        }
    }

    @Test
    void newModelWaitsWhileAnotherAgentHoldsTheLease() {
        try (OperatorFixture fixture = start(Map.of())) {
            fixture.operator().awaitReady();
            fixture.awaitNode();
            editLease(fixture, spec -> spec.withHolderIdentity("a-person").withLeaseDurationSeconds(3600));
            fixture.operator().awaitNotReady("another agent, a-person");

            fixture.apply("new", LLAMA);
            fixture.await("new", "is scheduled", model -> fixture.nodeName()
                    .equals(model.getStatus().nodeName()));
            fixture.lmStudio().awaitRequests(10);
            assertThat(fixture.resource("new").get().getMetadata().getFinalizers())
                    .isEmpty();
            assertThat(operations(fixture.lmStudio())).isEmpty();

            editLease(fixture, spec -> spec.withLeaseDurationSeconds(1));

            fixture.awaitReadyAfterLoads("new", 1);
            fixture.models().deleteAll();
        }
    }

    @Test
    void deletedLeaseIsCreatedAgainAndNothingElseHappens() {
        try (OperatorFixture fixture = start(Map.of())) {
            fixture.operator().awaitReady();
            fixture.applyAndAwaitLoad("kept", LLAMA);
            String holder = holder(fixture);

            lease(fixture).delete();

            eventually(
                    "the Lease exists again",
                    () -> Optional.ofNullable(lease(fixture).get())
                            .map(it -> it.getSpec().getHolderIdentity()),
                    seen -> seen.equals(Optional.of(holder)));
            assertThat(fixture.operator().log()).doesNotContain("Standing by: not the agent of the node");
            fixture.models().deleteAll();
        }
    }

    @Test
    void modelStaysLoadedWithoutTheApiServerAndIsVerifiedAgainAfterwards() {
        try (TcpProxy proxy = controlPlane.proxy();
                OperatorFixture fixture = startBehind(proxy)) {
            proxy.open();
            fixture.operator().awaitReady();
            fixture.applyAndAwaitLoad("kept", LLAMA + ", ttlSeconds: 30");

            proxy.shut();
            eventually("the Lease has expired", () -> sinceOverdue(fixture), log -> !log.isEmpty());
            long renewals = fixture.journal().answersBy("kept");
            eventually(
                    "the model is renewed once more", () -> fixture.journal().answersBy("kept"), now -> now > renewals);
            proxy.open();

            // Uses the log of the agent. The controller had no connection either, and may have marked the agent lost
            // before.
            eventually(
                    "the model was not ready until it was verified again",
                    () -> sinceOverdue(fixture)
                            .lines()
                            .filter(line -> line.contains("[de.lm.ManagedModel]"))
                            .map(line -> line.replaceFirst(".* reason=(\\w+) .*", "$1"))
                            .toList(),
                    List.of("Verifying", "Verified")::equals);
            fixture.awaitReady("kept");
            assertThat(fixture.journal().loadsOf("kept")).containsExactly("loaded");
            fixture.models().deleteAll();
        }
    }

    @Test
    void unusableStateFolderIsReportedWithTheRemedy() {
        try (OperatorFixture fixture = start(Map.of(STATE_FOLDER, "/proc/lmstudio-operator"))) {
            fixture.operator().awaitNotReady("lmstudio-operator.state-dir");

            assertThat(fixture.operator()
                            .linesWith("Standing by: not the agent of the node", "/proc/lmstudio-operator"))
                    .hasSize(1);
            assertThat(fixture.journal().entries()).isEmpty();
        }
    }

    @Test
    void controllerNeedsNoNodeLease() {
        try (OperatorFixture fixture = start(Map.of(
                "LMSTUDIO_OPERATOR_ROLE",
                "controller",
                STATE_FOLDER,
                "/proc/lmstudio-operator",
                "KUBECONFIG",
                controlPlane.kubeconfigFor(Account.controller()).toString()))) {
            fixture.operator().awaitReady();

            assertThat(lease(fixture).get()).isNull();
            assertThat(fixture.journal().entries()).isEmpty();
        }
    }

    private OperatorFixture start(Map<String, String> configuration) {
        return start(controlPlane.createNamespace("node-lease"), configuration);
    }

    private OperatorFixture startBehind(TcpProxy proxy) {
        TestNamespace namespace = controlPlane.createNamespace("node-lease");
        return start(namespace, OperatorFixture.through(proxy, controlPlane, namespace.name()));
    }

    private OperatorFixture start(TestNamespace namespace, Map<String, String> configuration) {
        Map<String, String> all = new HashMap<>(Map.of(LEASE_DURATION, "4s"));
        all.putAll(configuration);
        return OperatorFixture.start(controlPlane, namespace.name(), folder.resolve("own"), all);
    }

    private Resource<Lease> lease(OperatorFixture fixture) {
        return controlPlane
                .admin()
                .leases()
                .inNamespace(Account.OPERATOR_NAMESPACE)
                .withName(NodeLease.nameFor(fixture.nodeName()));
    }

    private String holder(OperatorFixture fixture) {
        return lease(fixture).get().getSpec().getHolderIdentity();
    }

    private void editLease(OperatorFixture fixture, UnaryOperator<LeaseSpecBuilder> change) {
        edit(lease(fixture), lease -> {
            lease.setSpec(change.apply(new LeaseSpecBuilder(lease.getSpec())).build());
            return lease;
        });
    }

    private void applyNode(OperatorFixture fixture) {
        LMStudioNode node = new LMStudioNode();
        node.setMetadata(new ObjectMetaBuilder().withName(fixture.nodeName()).build());
        controlPlane.admin().resource(node).serverSideApply();
    }

    private static List<JournalEntry> operations(SimulatorProcess lmStudio) {
        return lmStudio.journal().entries().stream()
                .filter(entry -> !entry.argv().isEmpty())
                .filter(entry ->
                        List.of("load", "unload", "get").contains(entry.argv().getFirst()))
                .toList();
    }

    private static String sinceOverdue(OperatorFixture fixture) {
        String log = fixture.operator().log();
        int at = log.indexOf("Node Lease expired");
        return at < 0 ? "" : log.substring(at);
    }
}
