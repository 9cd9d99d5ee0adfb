package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.controlplane.RetryOnConflict.edit;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.faultinjection.proxy.ApiProxy;
import dev.lmstudiooperator.faultinjection.proxy.TrafficPolicy;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A deletion causes no errors: neither at the API server in the usual case, nor in the log when the object disappears too
 * early.
 */
@WithControlPlane
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeletionIT {

    private final ControlPlane controlPlane;
    private final String namespace;
    private final ApiProxy proxy;
    private OperatorFixture fixture;

    DeletionIT(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.namespace = namespace.name();
        this.proxy = ApiProxy.to(controlPlane.admin().getConfiguration());
    }

    @BeforeAll
    void start(@TempDir Path folder) {
        String kubeconfig = controlPlane
                .kubeconfigFor(
                        Account.allOn(OperatorFixture.nodeOf(namespace)),
                        URI.create("http://127.0.0.1:" + proxy.port()))
                .toString();
        fixture = OperatorFixture.start(controlPlane, namespace, folder, Map.of("KUBECONFIG", kubeconfig));
        fixture.operator().awaitReady();
        fixture.awaitNode();
    }

    @AfterEach
    void tidyUp() {
        proxy.setPolicy(TrafficPolicy.PASS_THROUGH);
        fixture.tidyUp();
    }

    @AfterAll
    void stop() {
        fixture.close();
        proxy.close();
    }

    @Test
    void ordinaryDeletionIsRefusedNothing() {
        fixture.applyAndAwaitReady("ordinary", LLAMA);

        fixture.deleteAndAwaitGone("ordinary");

        assertThat(writesTo("ordinary")).isNotEmpty().noneMatch(write -> write.contains("\"code\":4"));
    }

    @Test
    void finalizersOfOthersAreKept() {
        fixture.applyAndAwaitReady("shared", LLAMA);
        edit(fixture.resource("shared"), model -> {
            model.getMetadata().getFinalizers().addFirst("example.com/first");
            model.getMetadata().getFinalizers().add("example.com/last");
            return model;
        });

        fixture.resource("shared").delete();

        fixture.await("shared", "has only finalizers of other clients", model -> model.getMetadata()
                .getFinalizers()
                .equals(List.of("example.com/first", "example.com/last")));
        removeByForce("shared");
        fixture.awaitGone("shared");
        assertThat(writesTo("shared")).noneMatch(write -> write.contains("\"code\":4"));
    }

    /** No agent removes a finalizer that came with a copy of another ManagedModel. */
    @Test
    void finalizerOfCopyWithoutNodeIsRemoved() {
        fixture.apply("copy", LLAMA + ", nodeSelector: {no-such-label: here}");
        edit(fixture.resource("copy"), model -> {
            model.addFinalizer(ManagedModel.FINALIZER);
            return model;
        });
        fixture.await("copy", "has no node", model -> "False".equals(AppliedModels.condition(model, "Scheduled")));

        fixture.resource("copy").delete();

        fixture.awaitGone("copy");
    }

    /**
     * Another client removes the object with its finalizer just before a write of the operator, which does not know this
     * yet.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void goneWhileItIsCreated(int write) {
        String name = "early-" + write;
        removeBefore(write, name);

        fixture.apply(name, LLAMA);

        awaitGoneQuietly(name);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void goneWhileItIsDeleted(int write) {
        String name = "late-" + write;
        fixture.applyAndAwaitReady(name, LLAMA);
        removeBefore(write, name);

        fixture.resource(name).delete();

        awaitGoneQuietly(name);
    }

    /**
     * The successor does not get the status of its predecessor. It does not lose its finalizer to the predecessor's
     * deletion.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void successorIsNotTakenForItsPredecessor(int write) {
        String name = "again-" + write;
        ManagedModel predecessor = fixture.applyAndAwaitReady(name, LLAMA);
        before(write, () -> {
            removeByForce(name);
            fixture.apply(name, LLAMA + ", ttlSeconds: 900");
        });

        fixture.resource(name).delete();

        eventually("the successor exists", () -> fixture.models().all(), models -> models.stream()
                .anyMatch(model -> !Objects.equals(
                        model.getMetadata().getUid(), predecessor.getMetadata().getUid())));
        proxy.setPolicy(TrafficPolicy.PASS_THROUGH);
        ManagedModel successor = fixture.awaitReady(name);
        assertThat(successor.getMetadata().getFinalizers()).containsExactly(ManagedModel.FINALIZER);
        assertThat(AppliedModels.instance(successor).ttlSeconds()).isEqualTo(900);
        assertThat(successor.getStatus().loads()).isEqualTo(1);
        assertThat(fixture.operator().log()).doesNotContain("Uncaught error", "KubernetesClientException");
    }

    private void awaitGoneQuietly(String name) {
        fixture.awaitGone(name);
        // The operator keeps working, even if the watch event of the deletion arrived late.
        fixture.apply(name + "-next", LLAMA);
        fixture.awaitReady(name + "-next");
        assertThat(fixture.operator().log())
                .doesNotContain("Uncaught error", "KubernetesClientException", "Exhausted retries");
    }

    private void removeBefore(int write, String name) {
        before(write, () -> removeByForce(name));
    }

    /**
     * Runs the action before the n-th write, and delays later watch events, so that the operator works with outdated state.
     */
    private void before(int write, Runnable disturbance) {
        AtomicInteger left = new AtomicInteger(write);
        proxy.setPolicy(new TrafficPolicy() {
            @Override
            public WriteAction write() {
                if (left.decrementAndGet() == 0) {
                    disturbance.run();
                }
                return new WriteAction.Pass();
            }

            @Override
            public EventAction event() {
                return left.get() > 0 ? new EventAction.Pass() : new EventAction.Delay(Duration.ofSeconds(1));
            }
        });
    }

    private void removeByForce(String name) {
        fixture.resource(name).delete();
        if (fixture.resource(name).get() != null) {
            fixture.resource(name).patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}");
        }
    }

    private List<String> writesTo(String name) {
        return controlPlane.auditLog().writesTo("/namespaces/%s/managedmodels/%s".formatted(namespace, name));
    }
}
