package dev.lmstudiooperator.manifests;

import static dev.lmstudiooperator.manifests.RestrictionFixture.denied;
import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.Program;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the identities that {@code deploy/enroll-node} creates, and its error messages. */
@WithControlPlane
class EnrollNodeIT {

    private static final String MAC = "studio-1.lan";

    private final ControlPlane controlPlane;
    private final String namespace;
    private final Path folder;
    private final Path file;

    EnrollNodeIT(ControlPlane controlPlane, TestNamespace namespace, @TempDir Path folder) {
        this.controlPlane = controlPlane;
        this.namespace = namespace.name();
        this.folder = folder;
        this.file = folder.resolve("kubeconfig");
    }

    @AfterEach
    void revoke() {
        run("revoke", MAC).orThrow();
    }

    @Test
    void onlyTheOwnerCanReadTheKubeconfigAndTheTokenIsNotPrinted() throws IOException {
        Program.Output output = enroll();

        assertThat(Files.getPosixFilePermissions(file)).containsExactlyInAnyOrder(OWNER_READ, OWNER_WRITE);
        assertThat(folder).isDirectoryNotContaining(other -> !other.equals(file));
        assertThat(output.out()).contains(file.toString(), "is valid until 20");
        assertThat(output.out() + output.err()).doesNotContain(token()).doesNotContain("could not be tested");
        assertThat(whoami()).isEqualTo("system:serviceaccount:lmstudio-operator:node." + MAC);
    }

    @Test
    void addressThatOnlyThisMachineReachesIsWarnedOf() throws IOException {
        assertThat(enroll().err()).contains("an address of this machine only. For another machine, set --server");

        Program.Output given = run("rotate", MAC, "--out", file.toString(), "--server", "https://k8s.invalid:6443");

        given.orThrow();
        assertThat(given.err()).contains("could not be tested from here").doesNotContain("this machine only");
        assertThat(Files.readString(file)).contains("server: \"https://k8s.invalid:6443\"");
    }

    @Test
    void machineWritesItsOwnObjectsAndNoOthers() {
        enroll();
        Account account = Account.enrolled(MAC);
        var leases = new RestrictionFixture<>(controlPlane, Lease.class, Account.OPERATOR_NAMESPACE);
        var nodes = new RestrictionFixture<>(controlPlane, LMStudioNode.class, null);
        var models = new RestrictionFixture<>(controlPlane, ManagedModel.class, namespace);
        models.people().create("name: own", "spec: {model: any}");
        models.people().patchStatus("own", "{status: {nodeName: " + MAC + "}}");
        models.people().create("name: foreign", "spec: {model: any}");
        models.people().patchStatus("foreign", "{status: {nodeName: studio-2}}");

        leases.as(account).create("name: node." + MAC, "");
        nodes.as(account).apply(MAC, "labels: {os: mac}", "");
        nodes.as(account).applyStatus(MAC, "{serverVersion: 0.4.21}");
        models.as(account).patchStatus("own", "{status: {phase: Pending}}");

        denied(() -> leases.as(account).create("name: node.studio-2", ""), "only node." + MAC);
        denied(() -> leases.as(account).create("name: controller", ""), "only node." + MAC);
        denied(() -> nodes.as(account).create("name: studio-2", ""), "only the one of its own node");
        denied(
                () -> models.as(account).patchStatus("foreign", "{status: {phase: Pending}}"),
                "node." + MAC + " of node " + MAC + " is not allowed to change ManagedModel " + namespace
                        + "/foreign, which is on node studio-2");
        denied(() -> models.as(account).patchStatus("own", "{status: {nodeName: studio-2}}"), "only the controller");
        nodes.people().delete(MAC);
        leases.people().delete("node." + MAC);
    }

    @Test
    void sameCommandAgainChangesNothing() throws IOException {
        enroll();
        String before = Files.readString(file);

        Program.Output again = enroll();

        assertThat(again.out()).contains("is enrolled already", "enroll-node rotate " + MAC);
        assertThat(Files.readString(file)).isEqualTo(before);
    }

    @Test
    void nameOfAnotherMachineIsRefused() {
        enroll();

        Program.Output other = run("enroll", MAC, "--out", file + ".other");

        assertThat(other.exitCode()).isEqualTo(1);
        assertThat(other.err()).contains(MAC + " is enrolled already", "choose another name");
        assertThat(Path.of(file + ".other")).doesNotExist();
    }

    @Test
    void rotationWritesAnotherTokenOfTheSameMachine() throws IOException {
        enroll();
        String before = token();

        run("rotate", MAC, "--out", file.toString(), "--duration", "1h").orThrow();

        assertThat(token()).isNotEqualTo(before);
        assertThat(whoami()).endsWith("node." + MAC);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://10.0.0.1:6443", "https://", "10.0.0.1:6443", "https://a\"\nb: c"})
    void addressThatIsNoneOfAnApiServerIsRefused(String address) {
        Program.Output output = run("enroll", MAC, "--out", file.toString(), "--server", address);

        assertThat(output.exitCode()).isEqualTo(1);
        assertThat(output.err()).contains("The address of the API server is '" + address + "'");
        assertThat(file).doesNotExist();
    }

    @Test
    void tokenOfAMachineThatIsNotEnrolledIsNotRotated() {
        assertThat(run("rotate", MAC, "--out", file.toString()).err()).contains("enroll-node enroll " + MAC);
        assertThat(file).doesNotExist();
    }

    @Test
    void revocationLeavesNothingBehind() {
        enroll();

        String said = run("revoke", MAC).orThrow();

        assertThat(said).contains("kubectl delete lmstudionode " + MAC);
        assertThat(controlPlane
                        .kubectl()
                        .run("get", "serviceaccounts,rolebindings,clusterrolebindings", "-A", "-o", "name")
                        .lines())
                .isNotEmpty()
                .noneMatch(name -> name.contains(MAC));
        run("revoke", MAC).orThrow();
    }

    @Test
    void nodeOfTheClusterIsNotEnrolled() {
        controlPlane
                .admin()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName(MAC)
                        .endMetadata()
                        .build())
                .create();

        Program.Output output = run("enroll", MAC, "--out", file.toString());

        controlPlane.admin().nodes().withName(MAC).delete();
        assertThat(output.exitCode()).isEqualTo(1);
        assertThat(output.err()).contains(MAC + " is a Node of this cluster", "docs/install.md");
        assertThat(file).doesNotExist();
    }

    @Test
    void missingPermissionsAreReported() {
        Program.Output output =
                controlPlane.enrollNodeAs(Account.controller()).run("enroll", MAC, "--out", file.toString());

        assertThat(output.exitCode()).isEqualTo(1);
        assertThat(output.err())
                .contains(
                        "Missing permissions: ",
                        "create serviceaccounts;",
                        "create serviceaccounts --subresource=token;",
                        "create clusterrolebindings (namespace lmstudio-operator)")
                .doesNotContain("get nodes");
    }

    @Test
    void namespaceWithoutTheOperatorIsReported() {
        assertThat(run("enroll", MAC, "--out", file.toString(), "--namespace", namespace)
                        .err())
                .contains("The operator is not installed in namespace " + namespace, "kubectl apply -k k8s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GPU_1", ".gpu", "gpu-", "gpu..1", "gpu-1\nkind: Node", "a/b"})
    void nameThatNoNodeCanHaveIsRefused(String name) {
        Program.Output output = run("enroll", name);

        assertThat(output.exitCode()).isEqualTo(1);
        assertThat(output.err()).contains("is not a valid node name");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "enrol gpu-1         | 'enrol' is not a command; use enroll, rotate or revoke",
                "enroll              | enroll requires the name of the node",
                "enroll a b          | b is an unexpected argument",
                "enroll a --out      | --out requires a value",
                "enroll a --forever  | --forever is not a valid option"
            })
    void callThatCannotBeMeantIsRefused(String call, String refusal) {
        Program.Output output = run(call.split(" "));

        assertThat(output.exitCode()).isEqualTo(2);
        assertThat(output.err()).contains(refusal);
    }

    @Test
    void missingKubectlIsReported() {
        Program withoutPath = new Program(Path.of("/bin/bash"), Map.of("PATH", folder.toString()), folder);

        assertThat(withoutPath.run("deploy/enroll-node", "enroll", MAC).err())
                .contains("kubectl is not on the PATH. Install it");
    }

    @Test
    void helpNamesEveryOption() {
        assertThat(run("--help").orThrow()).contains("enroll", "rotate", "revoke", "--server", "--duration");
    }

    private Program.Output enroll() {
        Program.Output output = run("enroll", MAC, "--out", file.toString());
        output.orThrow();
        return output;
    }

    private Program.Output run(String... arguments) {
        return controlPlane.enrollNode().run(arguments);
    }

    private String whoami() {
        return controlPlane
                .kubectlWith(file)
                .run("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}")
                .orThrow();
    }

    private String token() throws IOException {
        return Serialization.unmarshal(Files.readString(file), Config.class)
                .getUsers()
                .getFirst()
                .getUser()
                .getToken();
    }
}
