package dev.lmstudiooperator.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.Program;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Installs, upgrades and uninstalls the chart on an empty API server. */
@WithControlPlane(shared = false)
class ReleaseIT {

    private static final String RELEASE = "lmstudio";
    private static final String NAMESPACE = "lmstudio-operator";

    private final ControlPlane controlPlane;
    private final Helm helm;
    private final KubernetesClient admin;

    ReleaseIT(ControlPlane controlPlane) {
        this.controlPlane = controlPlane;
        this.helm = Helm.installFor(controlPlane.adminKubeconfig());
        this.admin = controlPlane.admin();
    }

    @AfterEach
    void uninstall() {
        helm.run("uninstall", RELEASE, "--namespace", NAMESPACE, "--ignore-not-found")
                .orThrow();
    }

    @Test
    void releaseIsUpgradedAndRolledBack() {
        install();
        assertThat(replicas()).isEqualTo(2);

        upgrade("--set", "controller.replicas=3");
        assertThat(replicas()).isEqualTo(3);

        helm.run("rollback", RELEASE, "--namespace", NAMESPACE).orThrow();
        assertThat(replicas()).isEqualTo(2);
    }

    @Test
    void upgradeToTheSameChangesNothing() {
        install();
        List<String> before = versions();

        upgrade();

        assertThat(before).hasSizeGreaterThan(20);
        assertThat(versions()).isEqualTo(before);
    }

    /** Helm does not update the files in the directory crds/ of a chart. */
    @Test
    void upgradeBringsTheResourceTypesOfItsRelease(@TempDir Path folder) throws IOException {
        // Server-side apply over CRDs of another field manager adds fields but removes none.
        controlPlane
                .kubectl()
                .run("delete", "crd", "--ignore-not-found", HasMetadata.getFullResourceName(ManagedModel.class))
                .orThrow();
        install(chartWithoutShortName(folder).toString());
        assertThat(shortNames()).isEmpty();

        upgrade();
        assertThat(shortNames()).containsExactly("mm");

        helm.run("rollback", RELEASE, "--namespace", NAMESPACE).orThrow();
        assertThat(shortNames()).isEmpty();
        upgrade();
    }

    @Test
    void uninstallLeavesEveryManagedModelAndTheNextReleaseFindsIt() {
        install();
        String uid = givenAManagedModelThatAnAgentHolds("survivor");

        String reported =
                helm.run("uninstall", RELEASE, "--namespace", NAMESPACE).orThrow();

        assertThat(reported).contains("[CustomResourceDefinition] managedmodels.lmstudio-operator.dev");
        assertThat(controller().get()).isNull();
        assertThat(uidOf("survivor")).isEqualTo(uid);

        install();
        assertThat(uidOf("survivor")).isEqualTo(uid);
        release("survivor");
    }

    @Test
    void withoutAnAgentADeletedManagedModelWaitsUntilItsFinalizerIsRemoved() {
        install();
        givenAManagedModelThatAnAgentHolds("orphan");
        helm.run("uninstall", RELEASE, "--namespace", NAMESPACE).orThrow();

        managedModel("orphan").delete();
        assertThat(managedModel("orphan").require().getMetadata().getDeletionTimestamp())
                .isNotNull();

        release("orphan");
        assertThat(managedModel("orphan").get()).isNull();
    }

    @Test
    void secondReleaseIsRefusedAndChangesNothing() {
        install();
        List<String> before = versions();

        Program.Output elsewhere =
                helm.run("install", "second", Helm.CHART, "--namespace", "elsewhere", "--create-namespace");
        Program.Output here = helm.run("install", "second", Helm.CHART, "--namespace", NAMESPACE);

        assertThat(List.of(elsewhere, here)).allSatisfy(refused -> {
            assertThat(refused.exitCode()).isNotZero();
            assertThat(refused.err())
                    .contains("lmstudio-operator is in this cluster already, as release lmstudio in namespace "
                            + "lmstudio-operator. There can be one");
        });
        assertThat(versions()).isEqualTo(before);
    }

    @Test
    void namespaceThatAdmitsNoAgentIsRefused() {
        controlPlane.kubectl().run("create", "namespace", "strict").orThrow();
        controlPlane
                .kubectl()
                .run("label", "namespace", "strict", "pod-security.kubernetes.io/enforce=restricted")
                .orThrow();

        Program.Output refused = helm.run("install", "strict", Helm.CHART, "--namespace", "strict");

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.err())
                .contains("namespace strict enforces the Pod Security Standard restricted, which admits no agent")
                .contains("kubectl label --overwrite namespace strict pod-security.kubernetes.io/enforce=privileged");
    }

    private void install() {
        install(Helm.CHART);
    }

    private void install(String chart) {
        helm.run("install", RELEASE, chart, "--namespace", NAMESPACE, "--create-namespace")
                .orThrow();
        controlPlane
                .kubectl()
                .run("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all")
                .orThrow();
    }

    private void upgrade(String... options) {
        helm.run(Stream.concat(Stream.of("upgrade", RELEASE, Helm.CHART, "--namespace", NAMESPACE), Stream.of(options))
                        .toArray(String[]::new))
                .orThrow();
    }

    /** Creates a copy of the chart that is like an earlier release. */
    private static Path chartWithoutShortName(Path folder) throws IOException {
        Path chart = folder.resolve("chart");
        try (Stream<Path> files = Files.walk(Path.of(Helm.CHART), FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : files.toList()) {
                Files.copy(file, chart.resolve(Path.of(Helm.CHART).relativize(file)));
            }
        }
        Path type = chart.resolve("files/crds/managedmodels.lmstudio-operator.dev-v1.yml");
        Files.writeString(type, Files.readString(type).replaceFirst(" *shortNames:\\n *- \"?mm\"?\\n", ""));
        return chart;
    }

    private List<String> shortNames() {
        return admin.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(HasMetadata.getFullResourceName(ManagedModel.class))
                .require()
                .getSpec()
                .getNames()
                .getShortNames();
    }

    private @Nullable Integer replicas() {
        return controller().require().getSpec().getReplicas();
    }

    private Resource<Deployment> controller() {
        return admin.apps().deployments().inNamespace(NAMESPACE).withName("lmstudio-operator-controller");
    }

    /** Returns the name and the resource version of every object of the release. */
    private List<String> versions() {
        String types = "crd,sa,clusterrole,clusterrolebinding,role,rolebinding,validatingadmissionpolicy,"
                + "validatingadmissionpolicybinding,deployment,daemonset,pdb,priorityclass";
        String nameAndVersion =
                "jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.resourceVersion}{'\\n'}{end}";
        return controlPlane
                .kubectl()
                .run("get", types, "-n", NAMESPACE, "-l", "app.kubernetes.io/managed-by=Helm", "-o", nameAndVersion)
                .lines();
    }

    /** Returns the UID of the new ManagedModel. */
    private String givenAManagedModelThatAnAgentHolds(String name) {
        return admin.resource(Serialization.unmarshal("""
                        apiVersion: lmstudio-operator.dev/v1alpha1
                        kind: ManagedModel
                        metadata: {name: %s, namespace: default, finalizers: [lmstudio-operator.dev/agent]}
                        spec: {model: llama-3.2-1b-instruct}
                        """.formatted(name), GenericKubernetesResource.class))
                .create()
                .getMetadata()
                .getUid();
    }

    private String uidOf(String name) {
        return managedModel(name).require().getMetadata().getUid();
    }

    private Resource<ManagedModel> managedModel(String name) {
        return admin.resources(ManagedModel.class).inNamespace("default").withName(name);
    }

    /** Removes the finalizer manually, as the documentation describes for a missing agent. */
    private void release(String name) {
        managedModel(name).delete();
        controlPlane
                .kubectl()
                .run("patch", "managedmodel", name, "--type=merge", "-p", "{\"metadata\":{\"finalizers\":null}}")
                .orThrow();
    }
}
