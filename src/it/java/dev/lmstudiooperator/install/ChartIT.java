package dev.lmstudiooperator.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.Program;
import dev.lmstudiooperator.controlplane.RenderedManifests;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests what the chart renders from its values, without an installation. */
@WithControlPlane
class ChartIT {

    private static final String NAMESPACE = "lmstudio-operator";

    private final Helm helm = Helm.install();
    private final ControlPlane controlPlane;

    ChartIT(ControlPlane controlPlane) {
        this.controlPlane = controlPlane;
    }

    @Test
    void helmFindsNothingToSayAgainstIt() {
        assertThat(helm.run("lint", "--strict", Helm.CHART).orThrow()).contains("1 chart(s) linted, 0 chart(s) failed");
    }

    /** All objects except the namespace, which Helm leaves to the user. */
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "topology=cluster, k8s/overlays/cluster",
        "topology=single-node, k8s/overlays/single-node",
        "topology=outside, k8s",
        "'controller.replicas=1,image.pullPolicy=Never,settings.LMSTUDIO_OPERATOR_LOG_LEVEL=debug', k8s/overlays/dev",
    })
    void chartAndKustomizeMakeTheSameObjects(String values, String overlay) {
        Map<String, GenericKubernetesResource> ofKustomize = new HashMap<>(RenderedManifests.of(
                        controlPlane.kubectl().run("kustomize", overlay).orThrow())
                .objects());
        assertThat(ofKustomize.remove("Namespace " + NAMESPACE)).isNotNull();

        Map<String, GenericKubernetesResource> ofHelm = RenderedManifests.of(
                        template(NAMESPACE, "--set", values).orThrow())
                .objects();

        ofHelm.values().forEach(ChartIT::removeTraceOfHelm);
        assertThat(ofHelm).containsOnlyKeys(ofKustomize.keySet());
        ofKustomize.forEach(
                (name, object) -> assertThat(ofHelm.get(name)).as(name).isEqualTo(object));
    }

    @Test
    void chartFollowsItsNamespace() {
        String yaml = template("elsewhere").orThrow();

        assertThat(yaml)
                .contains("system:serviceaccount:elsewhere:lmstudio-operator-controller")
                .contains("kubernetes.io/metadata.name: elsewhere")
                .doesNotContain("serviceaccount:lmstudio-operator:")
                .doesNotContain("namespace: lmstudio-operator")
                .doesNotContain("metadata.name: lmstudio-operator");
        assertThat(RenderedManifests.of(yaml)
                        .get(ClusterRoleBinding.class, "lmstudio-operator-all-as-agent")
                        .getSubjects())
                .extracting(Subject::getNamespace)
                .containsExactly("elsewhere");
    }

    @Test
    void tokenOfLmStudioIsAMountedSecret() {
        String yaml = template(NAMESPACE, "--set", "agent.apiToken.secretName=lm-studio")
                .orThrow();

        assertThat(yaml)
                .contains("value: /run/secrets/lmstudio/token")
                .contains("mountPath: /run/secrets/lmstudio\n")
                .contains("secretName: lm-studio\n");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "topology=both | at '/topology': value must be one of 'cluster', 'single-node', 'outside'",
                "controller.replicas=0 | at '/controller/replicas': minimum: got 0, want 1",
                "controller.replcas=2 | at '/controller': additional properties 'replcas' not allowed",
                "agent.hostUser.uid=0 | at '/agent/hostUser/uid': minimum: got 0, want 1",
                "agent.hostUser.home=lm | at '/agent/hostUser/home': 'lm' does not match pattern",
                "agent.port=80 | at '/agent/port': minimum: got 80, want 1,024",
                "agent.maxUnavailable=0 | at '/agent/maxUnavailable': minimum: got 0, want 1",
                "agent.nodeSelector=null | at '/agent': missing property 'nodeSelector'",
                "image.digest=sha256:1 | at '/image/digest': 'sha256:1' does not match pattern",
                "settings.LMSTUDIO_OPERATOR_ROLE=all | invalid propertyName 'LMSTUDIO_OPERATOR_ROLE'",
                "settings.log-level=debug | invalid propertyName 'log-level'",
                "settings.LMSTUDIO_OPERATOR_HTTP_START_SERVER=true | got boolean, want string",
            })
    void wrongValueIsRefusedByItsName(String value, String refusal) {
        Program.Output output = template(NAMESPACE, "--set", value);

        assertThat(output.exitCode()).isNotZero();
        assertThat(output.err()).contains(refusal);
    }

    private Program.Output template(String namespace, String... options) {
        return helm.run(Stream.concat(
                        Stream.of("template", "lmstudio-operator", Helm.CHART, "--namespace", namespace),
                        Stream.of(options))
                .toArray(String[]::new));
    }

    private static void removeTraceOfHelm(GenericKubernetesResource object) {
        Map<String, String> labels = object.getMetadata().getLabels();
        assertThat(labels.remove("app.kubernetes.io/managed-by")).isEqualTo("Helm");
        assertThat(labels.remove("helm.sh/chart")).startsWith("lmstudio-operator-");
    }
}
