package dev.lmstudiooperator.gitops;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the files in {@code deploy/gitops}: references exist, and no setting deletes ManagedModels. */
class FleetTest {

    @ParameterizedTest
    @ValueSource(strings = {"ManagedModel", "LMStudioNode"})
    void argoCdIsTaughtTheVeryScriptsThatAreTested(String kind) throws IOException {
        ConfigMap patch = Serialization.unmarshal(
                Files.readString(Fleet.FOLDER.resolve("argocd/argocd-cm.yaml")), ConfigMap.class);

        assertThat(patch.getData())
                .containsEntry("resource.customizations.health.lmstudio-operator.dev_" + kind, ArgoHealth.script(kind));
    }

    @Test
    void whatIsAppliedByHandLeadsToTheOtherApplications() throws IOException {
        GenericKubernetesResource root = Fleet.argoCdRoot();

        Path folder = Fleet.FOLDER.resolve("argocd").resolve(root.<String>get("spec", "source", "path"));

        assertThat(folder.resolve("kustomization.yaml")).exists();
    }

    @Test
    void argoCdFindsTheOperatorAndTheModels() throws IOException {
        GenericKubernetesResource operator = Fleet.argoCdOperator();
        GenericKubernetesResource models = Fleet.argoCdModels();

        assertThat(Path.of(operator.get("spec", "source", "path"), "kustomization.yaml"))
                .exists();
        assertThat(Fleet.FOLDER.resolve(models.<String>get("spec", "source", "path")))
                .isDirectory();
        assertThat(wave(operator)).isLessThan(wave(models));
        assertThat(models.<List<String>>get("spec", "syncPolicy", "syncOptions"))
                .contains("SkipDryRunOnMissingResource=true");
        assertThat(List.of(operator, models)).allSatisfy(application -> {
            assertThat(application.getMetadata().getFinalizers())
                    .as("no finalizer that deletes resources")
                    .isEmpty();
            assertThat(application.<Object>get("spec", "ignoreDifferences")).isNull();
        });
    }

    @Test
    void fluxFindsTheOperatorAndTheModels() throws IOException {
        GenericKubernetesResource operator = Fleet.fluxOperator();
        GenericKubernetesResource models = Fleet.fluxModels();

        assertThat(Path.of(operator.get("spec", "path"), "kustomization.yaml")).exists();
        assertThat(Fleet.FOLDER.resolve(models.<String>get("spec", "path"))).isDirectory();
        assertThat(models.<List<Map<String, String>>>get("spec", "dependsOn"))
                .containsExactly(Map.of("name", operator.getMetadata().getName()));
        assertThat(List.of(operator, models))
                .allSatisfy(kustomization -> assertThat(kustomization.<Object>get("spec", "deletionPolicy"))
                        .isEqualTo("Orphan"));
    }

    /** Otherwise one unavailable machine would block every change of a ManagedModel. */
    @Test
    void modelsDoNotWaitForAgents() throws IOException {
        GenericKubernetesResource operator = Fleet.fluxOperator();

        assertThat(operator.<Object>get("spec", "wait")).isNull();
        assertThat(operator.<List<Map<String, String>>>get("spec", "healthChecks"))
                .extracting(check -> check.get("kind") + " " + check.get("name"))
                .containsExactly(
                        "CustomResourceDefinition managedmodels.lmstudio-operator.dev",
                        "CustomResourceDefinition managedmodelsets.lmstudio-operator.dev",
                        "CustomResourceDefinition lmstudionodes.lmstudio-operator.dev",
                        "Deployment lmstudio-operator-controller");
    }

    private static int wave(GenericKubernetesResource application) {
        return Integer.parseInt(application.getMetadata().getAnnotations().get("argocd.argoproj.io/sync-wave"));
    }
}
