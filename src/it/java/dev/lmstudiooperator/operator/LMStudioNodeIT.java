package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.operator.ReportedNodes.ready;
import static dev.lmstudiooperator.operator.ReportedNodes.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.Feature;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.NodeInstance;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.NodeModel;
import dev.lmstudiooperator.controlplane.AuditLog;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.Kubectl;
import dev.lmstudiooperator.simulator.Fault;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The LMStudioNode that users see, and its updates after changes in LM Studio. */
@OperatorTest({
    "LMSTUDIO_OPERATOR_NODE_LABELS_POOL=gpu",
    "LMSTUDIO_OPERATOR_MODEL_MEMORY_BYTES=48000000000",
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL_WITHOUT_API=1s",
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=2s"
})
@Execution(ExecutionMode.SAME_THREAD)
class LMStudioNodeIT {

    private static final String LLAMA = "model: llama-3.2-1b-instruct";

    /** Release and commit of LM Studio that the simulator reports. */
    private static final String VERSION = "0.4.21+2";

    private static final String COMMIT = "07b7252";

    private final OperatorFixture fixture;
    private final ControlPlane controlPlane;
    private final String name;

    LMStudioNodeIT(OperatorFixture fixture, ControlPlane controlPlane) {
        this.fixture = fixture;
        this.controlPlane = controlPlane;
        this.name = fixture.nodeName();
    }

    @AfterEach
    void startLmStudio() {
        fixture.lmStudio().revokeFaults();
        fixture.lmStudio().startDaemonAndServer();
    }

    @Test
    void columnsShowReadinessInstancesAndMemory() {
        fixture.applyAndAwaitReady("chat", LLAMA);
        LMStudioNode reported = fixture.awaitNode("lists the instance", node -> Integer.valueOf(1)
                .equals(node.getStatus().loadedModels()));

        Kubectl kubectl = controlPlane.kubectl();
        List<String> table = kubectl.run("get", "lmn", name).lines();
        List<String> wide = kubectl.run("get", "lmn", name, "-o", "wide").lines();

        assertThat(columns(table.getFirst()))
                .containsExactly("NAME", "READY", "REASON", "VERSION", "LOADED", "MEMORY", "AGE");
        assertThat(columns(table.getLast()))
                .startsWith(
                        name,
                        "True",
                        "Reachable",
                        reported.getStatus().serverVersion(),
                        "1",
                        "1.3",
                        "GB",
                        "of",
                        "48.0",
                        "GB");
        assertThat(wide.getLast())
                .contains(
                        fixture.lmStudio().httpUrl().toString(), "false", "LM Studio answers the CLI and the HTTP API");
        assertThat(kubectl.run("get", "lmn", "-l", "pool=gpu", "-o", "name").lines())
                .contains("lmstudionode.lmstudio-operator.dev/" + name);
        assertThat(kubectl.run("get", "lmstudio", "-A", "-o", "name").lines())
                .contains("lmstudionode.lmstudio-operator.dev/" + name);
    }

    @Test
    void statusDescribesLmStudio() {
        LMStudioNode node = fixture.awaitNode("is ready", ready -> "Reachable".equals(reason(ready)));

        assertThat(node.getStatus().cliVersion()).isEqualTo(COMMIT);
        assertThat(node.getStatus().serverVersion()).isEqualTo(VERSION);
        assertThat(node.getStatus().versionsMatch()).isTrue();
        assertThat(node.getStatus().jitLoading()).isEqualTo(Feature.ON);
        assertThat(node.getStatus().authentication()).isEqualTo(Feature.OFF);
        // The simulated LM Studio is linked to another device, whose models do not belong to this node.
        assertThat(node.getStatus().lmLink()).isEqualTo(Feature.ON);
        assertThat(node.getStatus().models())
                .extracting(NodeModel::key)
                .contains("llama-3.2-1b-instruct", "shared-14b")
                .doesNotContain("remote-big-120b")
                .isSorted();
        assertThat(node.getStatus().nodeUID())
                .isEqualTo(controlPlane
                        .admin()
                        .nodes()
                        .withName(name)
                        .get()
                        .getMetadata()
                        .getUid());
    }

    @Test
    void onlyAManagedInstanceNamesItsManagedModel() {
        fixture.applyAndAwaitReady("chat", LLAMA);

        fixture.lmStudio().placeInstance("qwen3-4b", "theirs");

        LMStudioNode node = fixture.awaitNode("lists both instances", both -> Integer.valueOf(2)
                .equals(both.getStatus().loadedModels()));
        assertThat(node.getStatus().instances())
                .extracting(NodeInstance::identifier, NodeInstance::modelKey, LMStudioNodeIT::managedModel)
                .containsExactly(tuple("chat", "llama-3.2-1b-instruct", "chat"), tuple("theirs", "qwen3-4b", null));

        fixture.apply("theirs", "model: qwen3-4b");
        fixture.awaitNode("reports the instance as managed", adopted -> Optional.ofNullable(
                        adopted.getStatus().instances())
                .filter(instances -> instances.stream().allMatch(instance -> managedModel(instance) != null))
                .isPresent());
    }

    @Test
    void stoppedServerIsReported() {
        fixture.awaitNode("is ready", ready -> "Reachable".equals(reason(ready)));

        fixture.lmStudio().stopServer();

        LMStudioNode node =
                fixture.awaitNode("reports the stopped server", off -> "ServerNotRunning".equals(reason(off)));
        assertThat(ready(node).orElseThrow().getStatus()).isEqualTo("False");
        assertThat(ready(node).orElseThrow().getMessage()).contains("lms server start");
        assertThat(node.getStatus().versionsMatch()).isTrue();

        fixture.lmStudio().startServer();
        fixture.awaitNode("is ready again", ready -> "Reachable".equals(reason(ready)));
    }

    @Test
    void lmsOfAnotherReleaseIsReported() {
        fixture.awaitNode(
                "is ready", ready -> Boolean.TRUE.equals(ready.getStatus().versionsMatch()));

        fixture.lmStudio().fault(Fault.on("ps", "unknownCall"));

        LMStudioNode node =
                fixture.awaitNode("reports the version mismatch", skewed -> "VersionMismatch".equals(reason(skewed)));
        assertThat(node.getStatus().versionsMatch()).isFalse();
        assertThat(ready(node).orElseThrow().getMessage()).contains("use the lms that came with the running LM Studio");
        assertThat(node.getStatus().cliVersion()).isEqualTo(COMMIT);
        assertThat(node.getStatus().serverVersion()).isEqualTo(VERSION);
    }

    @Test
    void lmStudioThatIsDownHasNoVersionAndAnUpdatedOneHasAnother() {
        fixture.applyAndAwaitReady("chat", LLAMA);
        fixture.awaitNode("lists the instance", node -> Integer.valueOf(1)
                .equals(node.getStatus().loadedModels()));

        LMStudioNode down = stopAndAwait();
        assertThat(down.getStatus().versionsMatch()).isNull();
        assertThat(down.getStatus().authentication()).isNull();
        assertThat(down.getStatus().instances())
                .extracting(NodeInstance::identifier)
                .containsExactly("chat");

        startAndAwait("0.5.0", "abcdef0");

        stopAndAwait();
        startAndAwait(VERSION, COMMIT);
    }

    @Test
    void requiredTokenIsReported() {
        fixture.awaitNode("requires no token", open -> open.getStatus().authentication() == Feature.OFF);

        fixture.lmStudio().set("token", "sk-lm-12345678:12345678901234567890");

        fixture.awaitNode(
                "requires a token",
                closed -> "NotAuthenticated".equals(reason(closed))
                        && closed.getStatus().authentication() == Feature.ON);
    }

    @Test
    void nothingIsWrittenAtRestAndLmsIsNotCalled() {
        fixture.applyAndAwaitReady("chat", LLAMA);
        fixture.awaitNode("lists the instance", node -> Integer.valueOf(1)
                .equals(node.getStatus().loadedModels()));
        AuditLog audit = controlPlane.auditLog();
        int writes = audit.writesTo("/lmstudionodes/" + name).size();
        int versions = fixture.journal().calls("version").size();

        fixture.lmStudio().setActivity("chat", "generating", 2);

        fixture.lmStudio().awaitRequests(30);
        assertThat(audit.writesTo("/lmstudionodes/" + name)).hasSize(writes);
        assertThat(fixture.journal().calls("version")).hasSize(versions);
        fixture.lmStudio().setActivity("chat", "idle", 0);
    }

    @Test
    void deletedUnderTheRunningOperatorItComesBack() {
        LMStudioNode before = fixture.awaitNode("is ready", ready -> "Reachable".equals(reason(ready)));

        controlPlane.kubectl().run("delete", "lmn", name, "--wait=false").orThrow();

        fixture.awaitNode(
                "is a new object, and ready",
                after -> !after.getMetadata()
                                .getUid()
                                .equals(before.getMetadata().getUid())
                        && "Reachable".equals(reason(after)));
    }

    private LMStudioNode stopAndAwait() {
        fixture.lmStudio().stopDaemon();
        return fixture.awaitNode(
                "reports LM Studio as unreachable",
                node -> "LMStudioUnreachable".equals(reason(node))
                        && node.getStatus().serverVersion() == null);
    }

    private void startAndAwait(String version, String commit) {
        fixture.lmStudio().set("version", version);
        fixture.lmStudio().set("commit", commit);
        fixture.lmStudio().startDaemonAndServer();

        fixture.awaitNode(
                "reports both versions",
                node -> "Reachable".equals(reason(node))
                        && version.equals(node.getStatus().serverVersion())
                        && commit.equals(node.getStatus().cliVersion())
                        && node.getStatus().authentication() == Feature.OFF);
    }

    private static List<String> columns(String row) {
        return Arrays.asList(row.strip().split(" +"));
    }

    private static @Nullable String managedModel(NodeInstance instance) {
        return instance.managedModel() == null ? null : instance.managedModel().name();
    }
}
