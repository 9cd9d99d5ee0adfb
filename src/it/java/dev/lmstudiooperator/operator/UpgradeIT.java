package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.releases.Release;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** This release with CRDs and objects of another release. It uses a separate API server, because CRDs are cluster-wide. */
@WithControlPlane(shared = false)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpgradeIT {

    private static final Release PREVIOUS = Release.all().getLast();
    private static final String NODE = "gpu-1";
    private static final String NAMESPACE = "team-a";

    private final ControlPlane controlPlane;
    private OperatorFixture fixture;

    UpgradeIT(ControlPlane controlPlane) {
        this.controlPlane = controlPlane.applyManifests();
        controlPlane.kubectl().run("create", "namespace", NAMESPACE).orThrow();
    }

    @BeforeEach
    void startFixture(@TempDir Path folder) {
        fixture = OperatorFixture.start(
                controlPlane,
                NAMESPACE,
                folder,
                Map.of(
                        "LMSTUDIO_OPERATOR_NODE_NAME",
                        NODE,
                        "KUBECONFIG",
                        controlPlane.kubeconfigFor(Account.allOn(NODE)).toString()));
        fixture.operator().awaitReady();
    }

    @AfterEach
    void stopFixture() {
        applyTypesOfThisRelease();
        fixture.tidyUp();
        fixture.close();
    }

    @Test
    void objectsOfThePreviousReleaseAreContinued() {
        fixture.restartOperatorAfter(() -> {
            PREVIOUS.types().forEach(this::apply);
            PREVIOUS.objects("healthy_verified", "healthy_expired", "degraded_modelNotFound")
                    .forEach(this::store);
            applyTypesOfThisRelease();
        });

        // LM Studio has no model in memory any more. For a model with {@code KeepLoaded} this is an eviction.
        ManagedModel kept = fixture.awaitReadyAfterLoads("chat", 2);
        assertThat(kept.getStatus().evictions()).isEqualTo(1);
        fixture.awaitReason("temporary", "Expired");
        assertThat(AppliedModels.message(fixture.awaitReason("typo", "ModelNotFound")))
                .contains("llama-3.2-1b-instruct");
        assertThat(fixture.journal().loadsOf("chat")).containsExactly("loaded");
        assertThat(fixture.journal().loadsOf("temporary")).isEmpty();
    }

    @Test
    void operatorWorksWithTheCrdsOfAnOlderRelease() {
        fixture.apply("chat", LLAMA);
        String uid = fixture.awaitReady("chat").getMetadata().getUid();

        rollBackTypes();
        ManagedModel rolledBack = fixture.resource("chat").require();
        assertThat(rolledBack.getMetadata().getUid()).isEqualTo(uid);
        assertThat(rolledBack.getStatus().convergence()).isNull();
        assertThat(rolledBack.getStatus().loads()).isEqualTo(1);

        fixture.lmStudio().evict("chat");
        ManagedModel repaired = awaitRepair(2);
        assertThat(repaired.getStatus().evictions()).isEqualTo(1);
        assertThat(repaired.getStatus().convergence()).isNull();

        applyTypesOfThisRelease();
        fixture.lmStudio().evict("chat");
        assertThat(awaitRepair(3).getMetadata().getUid()).isEqualTo(uid);
    }

    /** The client takes the first refusal for a server error, and retries for a while. */
    private ManagedModel awaitRepair(int loads) {
        return eventually(
                "chat is ready after %d loads".formatted(loads),
                Duration.ofMinutes(2),
                () -> fixture.resource("chat").require(),
                model -> "True".equals(AppliedModels.condition(model, "Ready"))
                        && Integer.valueOf(loads).equals(model.getStatus().loads()));
    }

    /** Rolls back to CRDs of a hypothetical release without {@code status.convergence}. */
    private void rollBackTypes() {
        CustomResourceDefinition older = Release.type(Path.of("crds/managedmodels.lmstudio-operator.dev-v1.yml"));
        var fields = older.getSpec()
                .getVersions()
                .getFirst()
                .getSchema()
                .getOpenAPIV3Schema()
                .getProperties();
        requireNonNull(fields.get("status")).getProperties().remove("convergence");
        controlPlane.admin().resource(older).forceConflicts().serverSideApply();
        eventually(
                "the API server serves the older CRD",
                () -> controlPlane
                        .kubectl()
                        .run("get", "mm", "chat", "-n", NAMESPACE, "-o", "yaml")
                        .orThrow(),
                chat -> !chat.contains("convergence:\n"));
    }

    private void applyTypesOfThisRelease() {
        controlPlane
                .kubectl()
                .run("apply", "--server-side", "--force-conflicts", "-k", "crds")
                .orThrow();
    }

    private void apply(Path file) {
        controlPlane
                .kubectl()
                .run("apply", "--server-side", "--force-conflicts", "-f", file.toString())
                .orThrow();
    }

    /** Stores the object with its status, as if an earlier release had written it. */
    private void store(HasMetadata object) {
        object.getMetadata().setResourceVersion(null);
        object.getMetadata().setUid(null);
        HasMetadata stored = controlPlane.admin().resource(object).create();
        object.getMetadata().setResourceVersion(stored.getMetadata().getResourceVersion());
        controlPlane.admin().resource(object).updateStatus();
    }
}
