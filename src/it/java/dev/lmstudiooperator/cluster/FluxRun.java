package dev.lmstudiooperator.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.simulator.SimulatedInstance;
import io.fabric8.kubernetes.api.model.Condition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;

/** docs/gitops.md with Flux: {@code deploy/gitops/flux} in a Git repository, in the order of changes to it. */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FluxRun {

    private static final String NODE = "node-1";
    private static final String MODELS = "models/team-a/";

    private final TestCluster cluster = TestCluster.running();
    private final OperatorInstallation operator = new OperatorInstallation(cluster);
    private final NodeLmStudio lmStudio = NodeLmStudio.start(cluster, NODE);
    private final TestModels models = new TestModels(cluster.admin(), "team-a");
    private final Path repositories = newFolder();
    private final GitServer server = GitServer.start(cluster.addressOf("machine"), repositories);
    private final GitRepository fleet = GitRepository.init(repositories, "fleet");
    private final Flux flux = Flux.start(cluster);

    @BeforeAll
    void createRepositories() {
        operator.labelNodes(List.of(NODE));

        GitRepository operatorItself = GitRepository.init(repositories, "lmstudio-operator.git")
                .add(Path.of("k8s"), "k8s")
                .add(Path.of("crds"), "crds");
        operatorItself.commit();
        operatorItself.tag("v" + cluster.version());

        fleet.add(Path.of("deploy/gitops/flux"), ".").add(Path.of("deploy/gitops/models"), "models");
        String installation = "clusters/gpu/lmstudio-operator.yaml";
        fleet.replace(installation, "https://git.example.com", server.url());
        fleet.replace(installation, "images.example.com/", "");
    }

    @Test
    @Order(1)
    void modelsAreReadyWhenTheLastManagedModelIsAndNotBefore() {
        lmStudio.simulator().setLoadTime(Duration.ofSeconds(15));
        String commit = fleet.commit();

        flux.bootstrap(server.url() + "/fleet", "./clusters/gpu");

        TestCluster.await("a load is in progress", () -> lmStudio.simulator().loading(), loads -> !loads.isEmpty());
        Flux.Kustomization loading = flux.await("models", "checks the health", Flux.Kustomization::isCheckingHealth);
        assertThat(loading.ready("status")).isEqualTo("Unknown");
        assertThat(lmStudio.simulator().loading()).isNotEmpty();

        lmStudio.simulator().setLoadTime(Duration.ZERO);
        Flux.Kustomization ready = flux.awaitReady("models", commit);
        assertThat(Instant.parse(ready.ready("lastTransitionTime")))
                .isAfterOrEqualTo(readySince("chat"))
                .isAfterOrEqualTo(readySince("embeddings"));
    }

    @Test
    @Order(2)
    void newTtlReachesLmStudio() {
        fleet.replace(MODELS + "chat.yaml", "ttlSeconds: 600", "ttlSeconds: 900");

        push();

        assertThat(lmStudio.simulator().instances())
                .filteredOn(instance -> instance.identifier().equals("team-a-chat"))
                .extracting(SimulatedInstance::ttl)
                .containsExactly(Optional.of(Duration.ofMinutes(15)));
        assertThat(TestModels.isReady(models.resource("chat").require())).isTrue();
    }

    @Test
    @Order(3)
    void setIsReadyWhenItsReplicaIs() {
        fleet.write(MODELS + "served.yaml", """
                apiVersion: lmstudio-operator.dev/v1alpha1
                kind: ManagedModelSet
                metadata: {name: served}
                spec: {replicas: 1, template: {spec: {model: llama-3.2-1b-instruct}}}
                """);
        fleet.replace(MODELS + "kustomization.yaml", "  - chat.yaml\n", "  - chat.yaml\n  - served.yaml\n");

        push();

        assertThat(lmStudio.simulator().identifiers()).contains("served");
    }

    @Test
    @Order(4)
    void stalledManagedModelFailsTheHealthCheck() {
        fleet.write(MODELS + "wrong.yaml", """
                apiVersion: lmstudio-operator.dev/v1alpha1
                kind: ManagedModel
                metadata: {name: wrong}
                spec: {model: no-such-model}
                """);
        fleet.replace(MODELS + "kustomization.yaml", "  - chat.yaml\n", "  - chat.yaml\n  - wrong.yaml\n");
        fleet.commit();

        flux.reconcile();

        Flux.Kustomization failed = flux.await("models", "is not ready", now -> "False".equals(now.ready("status")));
        assertThat(failed.ready("reason")).isEqualTo("HealthCheckFailed");
        assertThat(failed.ready("message")).contains("ManagedModel/team-a/wrong status: 'Failed'");
        assertThat(TestModels.isReady(models.resource("chat").require())).isTrue();
    }

    @Test
    @Order(5)
    void removedObjectsAreDeletedAndUnloaded() {
        fleet.replace(
                MODELS + "kustomization.yaml",
                "  - chat.yaml\n  - wrong.yaml\n  - served.yaml\n  - embeddings.yaml\n",
                "  - chat.yaml\n");

        push();

        TestCluster.await(
                "only this instance is left", () -> lmStudio.simulator().identifiers(), List.of("team-a-chat")::equals);
        TestCluster.await(
                "only this ManagedModel is left",
                () -> cluster.kubectl("get", "managedmodelsets,managedmodels", "-n", "team-a", "-o", "name"),
                "managedmodel.lmstudio-operator.dev/chat\n"::equals);
    }

    @Test
    @Order(6)
    void deletionOfTheKustomizationsDeletesNothingElse() {
        cluster.kubectl(
                "delete", "kustomization", "models", "lmstudio-operator", "-n", Flux.NAMESPACE, "--timeout=100s");

        assertThat(models.resource("chat").require().getMetadata().getDeletionTimestamp())
                .isNull();
        operator.awaitCluster();
        assertThat(lmStudio.simulator().identifiers()).containsExactly("team-a-chat");
    }

    /** After a failure, the next class finds an empty cluster too. */
    @AfterAll
    void remove() {
        flux.remove();
        server.close();
        operator.remove();
    }

    /** Commits the working tree, and waits until the Kustomization is Ready with it. */
    private void push() {
        String commit = fleet.commit();
        flux.reconcile();
        flux.awaitReady("models", commit);
    }

    private Instant readySince(String name) {
        return TestModels.conditions(models.resource(name).require()).stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .filter(condition -> condition.getStatus().equals("True"))
                .map(Condition::getLastTransitionTime)
                .map(Instant::parse)
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not ready"));
    }

    private Path newFolder() {
        try {
            return Files.createTempDirectory(cluster.workFolder(), "repositories-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
