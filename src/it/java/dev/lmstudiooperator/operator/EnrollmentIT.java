package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.AuditLog;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Machines outside the cluster, without a Kubernetes Node. Their agents use the credentials that {@code deploy/enroll-node}
 * creates.
 */
@WithControlPlane
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnrollmentIT {

    /** The client reads its kubeconfig again after a minute. */
    private static final Duration UNTIL_READ_AGAIN = Duration.ofSeconds(90);

    private ControlPlane controlPlane;
    private Path folder;
    private Cluster cluster;

    @BeforeAll
    void start(ControlPlane controlPlane, TestNamespace namespace, @TempDir Path folder) {
        this.controlPlane = controlPlane;
        this.folder = folder;
        cluster = Cluster.on(controlPlane, namespace.name(), folder);
        cluster.addController();
        cluster.addMachine("studio-1", enroll("studio-1"));
        cluster.addMachine("studio-2", enroll("studio-2"));
        cluster.awaitReady();
    }

    @AfterAll
    void stop() {
        cluster.close();
        List.of("studio-1", "studio-2").forEach(this::revoke);
    }

    @Test
    void machineServesItsModelsAndCannotChangeThoseOfAnother() {
        String own = served("own", "studio-1");
        served("foreign", "studio-2");

        assertThat(own).isEqualTo("studio-1");
        assertThat(controlPlane
                        .kubectlWith(kubeconfig("studio-1"))
                        .run(
                                "patch",
                                "managedmodel",
                                "foreign",
                                "-n",
                                namespace(),
                                "--subresource=status",
                                "--type=merge",
                                "-p",
                                "{\"status\":{\"loads\":7}}")
                        .err())
                .contains("node.studio-1 of node studio-1 is not allowed to change", "which is on node studio-2");
    }

    @Test
    void runningAgentUsesANewToken() throws IOException {
        run("rotate", "studio-2");

        awaitLeaseRenewedWith(tokenId(kubeconfig("studio-2")), "studio-2");

        OperatorProcess agent = machine("studio-2").agent();
        assertThat(agent.isAlive()).isTrue();
        assertThat(agent.log()).doesNotContain("exiting for a restart");
        assertThat(cluster.admin().nodes().withName("studio-2").get()).isNull();
    }

    @Test
    void revokedAgentLogsTheRemedyAndContinuesWhenItIsEnrolledAgain() {
        served("kept", "studio-1");
        OperatorProcess agent = machine("studio-1").agent();

        revoke("studio-1");

        agent.awaitLog("HTTP 401", "deploy/enroll-node");
        cluster.models().awaitReason("kept", "AgentLost");
        agent.awaitNotReady("The API server serves ManagedModels");
        assertThat(loaded("studio-1")).contains("kept");
        assertThat(agent.linesWith("refused this process")).hasSize(1);

        enroll("studio-1");

        agent.awaitReady();
        ManagedModel back = cluster.models().awaitReason("kept", "Verified");
        assertThat(back.getStatus().loads()).isEqualTo(1);
        served("afterwards", "studio-1");
    }

    /** The node that serves the model. */
    private String served(String name, String machine) {
        cluster.models().apply(name, "model: llama-3.2-1b-instruct, nodeName: " + machine);
        return String.valueOf(
                cluster.models().awaitReason(name, "Verified").getStatus().nodeName());
    }

    private List<String> loaded(String machine) {
        return machine(machine).lmStudio().identifiers();
    }

    private AgentFixture machine(String name) {
        return cluster.machine(name);
    }

    private String namespace() {
        return cluster.models().namespace();
    }

    private Path kubeconfig(String machine) {
        return folder.resolve(machine + ".kubeconfig");
    }

    private Path enroll(String machine) {
        run("enroll", machine);
        return kubeconfig(machine);
    }

    private void revoke(String machine) {
        controlPlane.enrollNode().run("revoke", machine).orThrow();
    }

    private void run(String command, String machine) {
        controlPlane
                .enrollNode()
                .run(command, machine, "--out", kubeconfig(machine).toString())
                .orThrow();
    }

    /** The audit log of the API server records the token of each request. */
    private void awaitLeaseRenewedWith(String tokenId, String machine) {
        AuditLog log = controlPlane.auditLog();
        eventually(
                "the Lease of %s is renewed with the token %s".formatted(machine, tokenId),
                UNTIL_READ_AGAIN,
                () -> log.writesTo("/leases/node." + machine).reversed().stream()
                        .limit(1)
                        .toList(),
                last -> last.toString().contains(tokenId));
    }

    private static String tokenId(Path kubeconfig) throws IOException {
        String token = Serialization.unmarshal(Files.readString(kubeconfig), Config.class)
                .getUsers()
                .getFirst()
                .getUser()
                .getToken();
        byte[] claims = Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]);
        return new ObjectMapper()
                .readTree(new String(claims, UTF_8))
                .path("jti")
                .asText();
    }
}
