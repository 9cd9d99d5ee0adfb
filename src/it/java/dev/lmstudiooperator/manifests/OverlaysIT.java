package dev.lmstudiooperator.manifests;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.Kubectl;
import dev.lmstudiooperator.controlplane.RenderedManifests;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applies the overlays one after the other to one API server, like a user who changes the deployment. */
@WithControlPlane(shared = false)
class OverlaysIT {

    private static final String NAMESPACE = Account.OPERATOR_NAMESPACE;
    private static final String CLUSTER = "k8s/overlays/cluster";
    private static final String SINGLE_NODE = "k8s/overlays/single-node";
    private static final String WITHOUT_PODS = "k8s";

    private static final String ADMITTED = "admitted";

    /** All types of objects that an overlay contains. */
    private static final List<String> PRUNED = List.of(
            "core/v1/Namespace",
            "core/v1/ServiceAccount",
            "apps/v1/DaemonSet",
            "apps/v1/Deployment",
            "policy/v1/PodDisruptionBudget",
            "scheduling.k8s.io/v1/PriorityClass",
            "apiextensions.k8s.io/v1/CustomResourceDefinition",
            "rbac.authorization.k8s.io/v1/ClusterRole",
            "rbac.authorization.k8s.io/v1/ClusterRoleBinding",
            "rbac.authorization.k8s.io/v1/Role",
            "rbac.authorization.k8s.io/v1/RoleBinding",
            "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy",
            "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding");

    private final Kubectl kubectl;
    private final KubernetesClient admin;

    OverlaysIT(ControlPlane controlPlane) {
        this.kubectl = controlPlane.kubectl();
        this.admin = controlPlane.admin();
    }

    @ParameterizedTest
    @ValueSource(strings = {CLUSTER, SINGLE_NODE, "k8s/overlays/dev"})
    void applyingAgainChangesNothing(String overlay) {
        kubectl.run("apply", "-k", overlay).orThrow();
        List<String> before = versions(overlay);

        // kubectl replaces the selector of a PodDisruptionBudget as a whole, because of its API type. The patch is
        // never empty.
        assertThat(kubectl.run("apply", "-k", overlay).lines())
                .filteredOn(line -> !line.startsWith("poddisruptionbudget.policy/"))
                .hasSizeGreaterThan(20)
                .allMatch(line -> line.endsWith(" unchanged"));
        assertThat(versions(overlay)).isEqualTo(before).hasSizeGreaterThan(20);
        assertThat(kubectl.run("diff", "-k", overlay).orThrow()).isEmpty();

        kubectl.run("apply", "--server-side", "-k", overlay).orThrow();
        List<String> beforeOnTheServerSide = versions(overlay);
        kubectl.run("apply", "--server-side", "-k", overlay).orThrow();
        assertThat(versions(overlay)).isEqualTo(beforeOnTheServerSide);
        assertThat(kubectl.run("diff", "--server-side", "-k", overlay).orThrow())
                .isEmpty();
    }

    @Test
    void pruningAndApplyingAgainKeepsManagedModels() {
        applyAndPrune(CLUSTER);
        kubectl.run("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all")
                .orThrow();
        kubectl.run("apply", "-k", "k8s/samples").orThrow();
        String uid = uidOfTheSample();

        applyAndPrune(SINGLE_NODE);
        assertThat(workloads()).containsExactly("daemonset.apps/lmstudio-operator-all");
        assertThat(uidOfTheSample()).isEqualTo(uid);

        applyAndPrune(WITHOUT_PODS);
        assertThat(workloads()).isEmpty();
        assertThat(uidOfTheSample()).isEqualTo(uid);

        applyAndPrune(CLUSTER);
        assertThat(workloads())
                .containsExactlyInAnyOrder(
                        "daemonset.apps/lmstudio-operator-agent", "deployment.apps/lmstudio-operator-controller");
        assertThat(uidOfTheSample()).isEqualTo(uid);
    }

    @Test
    void podsAreAdmittedWhereTheOverlayPutsThem() {
        kubectl.run("apply", "-k", CLUSTER).orThrow();
        awaitAnswer(ADMITTED, agent(CLUSTER, "agent"));
        awaitAnswer(ADMITTED, controller());

        kubectl.run("apply", "-k", SINGLE_NODE).orThrow();
        awaitAnswer(ADMITTED, agent(SINGLE_NODE, "all"));
    }

    /** The violations are those that the agent requires. All other settings are as restricted as possible. */
    @Test
    void withoutAnOverlayTheNamespaceAdmitsNothingButARestrictedPod() {
        kubectl.run("apply", "-k", CLUSTER).orThrow();
        kubectl.run("apply", "-k", WITHOUT_PODS).orThrow();

        awaitAnswer(
                "violates PodSecurity \"restricted:latest\": host namespaces (hostNetwork=true), "
                        + "hostPort (container \"operator\" uses hostPort 9595), restricted volume types "
                        + "(volumes \"lms\", \"lmstudio\", \"state\" use restricted volume type \"hostPath\")",
                agent(CLUSTER, "agent"));
        awaitAnswer(ADMITTED, controller());
    }

    /** The API server observes labels and classes with a short delay. */
    private void awaitAnswer(String expected, PodTemplateSpec template) {
        eventually("the response to a Pod: " + expected, () -> answerTo(template), answer -> answer.endsWith(expected));
    }

    private PodTemplateSpec agent(String overlay, String role) {
        return rendered(overlay)
                .get(DaemonSet.class, "lmstudio-operator-" + role)
                .getSpec()
                .getTemplate();
    }

    private PodTemplateSpec controller() {
        return rendered(CLUSTER)
                .get(Deployment.class, "lmstudio-operator-controller")
                .getSpec()
                .getTemplate();
    }

    private RenderedManifests rendered(String overlay) {
        return RenderedManifests.of(kubectl.run("kustomize", overlay).orThrow());
    }

    /** Returns the response of the API server to a Pod that a user creates. */
    private String answerTo(PodTemplateSpec template) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withGenerateName("by-hand-")
                .withNamespace(NAMESPACE)
                .withLabels(template.getMetadata().getLabels())
                .endMetadata()
                .withSpec(template.getSpec())
                .build();
        try {
            admin.resource(pod).dryRun().create();
            return ADMITTED;
        } catch (KubernetesClientException e) {
            return String.valueOf(e.getStatus().getMessage());
        }
    }

    private void applyAndPrune(String overlay) {
        List<String> arguments = new ArrayList<>(
                List.of("apply", "-k", overlay, "--prune", "-l", "app.kubernetes.io/name=lmstudio-operator"));
        PRUNED.forEach(type -> arguments.add("--prune-allowlist=" + type));
        kubectl.run(arguments.toArray(String[]::new)).orThrow();
    }

    private List<String> workloads() {
        return kubectl.run("get", "deployments,daemonsets", "-n", NAMESPACE, "-o", "name")
                .lines();
    }

    private String uidOfTheSample() {
        return admin.resources(ManagedModel.class)
                .inNamespace("models")
                .withName("llama")
                .require()
                .getMetadata()
                .getUid();
    }

    /** Returns the name and the resource version of every object of the overlay. */
    private List<String> versions(String overlay) {
        String nameAndVersion =
                "jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.resourceVersion}{'\\n'}{end}";
        return kubectl.run("get", "-k", overlay, "-o", nameAndVersion).lines();
    }
}
