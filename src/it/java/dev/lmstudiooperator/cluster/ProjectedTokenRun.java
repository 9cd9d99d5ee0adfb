package dev.lmstudiooperator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.Program;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The node restriction, with the tokens that the kubelets mount into the Pods. */
@TestInstance(Lifecycle.PER_CLASS)
class ProjectedTokenRun {

    private static final String STATUS = "{'status': {'phase': 'Ready'}}";

    /** Fields that the changes below change, and that processes of the cluster do not write meanwhile. */
    private static final String FIELDS = "jsonpath={.metadata.uid} {.metadata.labels} {.metadata.finalizers}"
            + " {.spec.suspend} {.spec.holderIdentity} {.status.nodeName}";

    private static final String OTHERS_MODEL =
            "lmstudio-operator-agent of node node-1 is not allowed to change ManagedModel tokens/theirs, which is on node node-2";
    private static final String OTHERS_LEASE =
            "lmstudio-operator-agent of node node-1 is not allowed to write Lease node.node-2: only node.node-1";
    private static final String OTHERS_NODE = "lmstudio-operator-agent of node node-1 is not allowed to";

    /** Each is a resource, its subresource or none, a change, and the reason why the agent of node-1 cannot make it. */
    static final List<Attempt> FORBIDDEN = List.of(
            new Attempt("managedmodel/theirs", "status", STATUS, OTHERS_MODEL),
            new Attempt("managedmodel/theirs", "status", "{'status': {'nodeName': 'node-1'}}", OTHERS_MODEL),
            new Attempt("managedmodel/theirs", "", "{'metadata': {'finalizers': null}}", OTHERS_MODEL),
            new Attempt("managedmodel/theirs", "", "{'spec': {'suspend': true}}", OTHERS_MODEL),
            new Attempt("managedmodel/theirs", "", "{'metadata': {'labels': {'a': 'b'}}}", OTHERS_MODEL),
            new Attempt("managedmodel/mine", "", "{'spec': {'suspend': true}}", "is not allowed to change the spec"),
            new Attempt(
                    "managedmodel/mine",
                    "status",
                    "{'status': {'nodeName': 'node-2'}}",
                    "only the controller schedules"),
            new Attempt("lmstudionode/node-2", "status", "{'status': {'models': null}}", OTHERS_NODE),
            new Attempt("lmstudionode/node-2", "", "{'metadata': {'labels': {'a': 'b'}}}", OTHERS_NODE),
            new Attempt("lease/node.node-2", "", "{'spec': {'holderIdentity': 'thief'}}", OTHERS_LEASE),
            new Attempt(
                    "lease/controller", "", "{'spec': {'holderIdentity': 'thief'}}", "is not allowed to write Lease"),
            new Attempt("node/node-2", "", "{'metadata': {'labels': {'a': 'b'}}}", "cannot patch resource \"nodes\""),
            new Attempt("node/node-1", "", "{'metadata': {'labels': {'a': 'b'}}}", "cannot patch resource \"nodes\""));

    private final TestCluster cluster = TestCluster.running();
    private final OperatorInstallation operator = new OperatorInstallation(cluster);

    private String token = "";

    record Attempt(String object, String subresource, String change, String reason) {}

    @BeforeAll
    void install() {
        TestCluster.NODES.forEach(node -> NodeLmStudio.start(cluster, node));
        operator.labelNodes(TestCluster.NODES);
        operator.apply("k8s/overlays/cluster");
        operator.awaitCluster();
        TestModels models = TestModels.inNewNamespace(cluster, "tokens");
        models.apply("mine", "nodeName: node-1, identifier: tokens-mine");
        models.apply("theirs", "nodeName: node-2, identifier: tokens-theirs");
        models.awaitReady("mine");
        models.awaitReady("theirs");
        token = tokenOf(operator.agentOn("node-1").getMetadata().getName());
    }

    @AfterAll
    void uninstall() {
        operator.remove();
    }

    @ParameterizedTest
    @FieldSource("FORBIDDEN")
    void agentIsRefused(Attempt attempt) {
        String before = fields(attempt);

        Program.Output refused = patch(attempt);

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.err()).contains("Forbidden").contains(attempt.reason());
        assertThat(fields(attempt)).isEqualTo(before);
    }

    @ParameterizedTest
    @FieldSource("FORBIDDEN")
    void agentDeletesNothing(Attempt attempt) {
        Program.Output refused =
                cluster.kubectlWithToken(token, "delete", attempt.object(), "-n", namespaceOf(attempt), "--wait=false");

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.err()).contains("cannot delete resource");
    }

    @Test
    void agentWritesTheStatusOfItsOwnModel() {
        Program.Output written = patch(new Attempt("managedmodel/mine", "status", STATUS, ""));

        assertThat(written.orThrow()).contains("patched");
    }

    @Test
    void tokenIsBoundToTheNodeOfThePod() {
        String review =
                cluster.kubectlWithToken(token, "auth", "whoami", "-o", "json").orThrow();

        assertThat(review)
                .contains("\"username\": \"system:serviceaccount:lmstudio-operator:lmstudio-operator-agent\"")
                .containsPattern("\"authentication.kubernetes.io/node-name\": \\[\\s*\"node-1\"");
    }

    /** Another program cannot impersonate the agent of another node with this token. */
    @Test
    void agentGetsNoTokenForAnotherNode() {
        Program.Output refused = cluster.kubectlWithToken(
                token,
                "create",
                "token",
                "lmstudio-operator-agent",
                "-n",
                OperatorInstallation.NAMESPACE,
                "--bound-object-kind=Node",
                "--bound-object-name=node-2");

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.err()).contains("cannot create resource \"serviceaccounts/token\"");
    }

    private Program.Output patch(Attempt attempt) {
        List<String> command = Stream.of(
                        "patch",
                        attempt.object(),
                        "-n",
                        namespaceOf(attempt),
                        "--type=merge",
                        "--subresource=" + attempt.subresource(),
                        "-p",
                        attempt.change().replace('\'', '"'))
                .filter(argument -> !argument.equals("--subresource="))
                .toList();
        return cluster.kubectlWithToken(token, command.toArray(String[]::new));
    }

    private String fields(Attempt attempt) {
        return cluster.kubectl("get", attempt.object(), "-n", namespaceOf(attempt), "-o", FIELDS);
    }

    private static String namespaceOf(Attempt attempt) {
        return attempt.object().startsWith("lease/") ? OperatorInstallation.NAMESPACE : "tokens";
    }

    /** The image has a shell and no cat. */
    private String tokenOf(String pod) {
        return cluster.kubectl(
                        "exec",
                        pod,
                        "-n",
                        OperatorInstallation.NAMESPACE,
                        "--",
                        "sh",
                        "-c",
                        "read -r token </var/run/secrets/kubernetes.io/serviceaccount/token || true; echo \"$token\"")
                .strip();
    }
}
