package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.controlplane.RetryOnConflict.edit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.NodeInstance;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Instances whose ManagedModel disappears without its finalizer. */
@OperatorTest
class OrphanIT {

    private final OperatorFixture fixture;

    OrphanIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    void instanceIsUnloadedIfItsManagedModelDisappearsWhileTheAgentRuns() {
        ManagedModel model = givenServed("chat", "model: llama-3.2-1b-instruct");
        assertThat(recorded("chat").managedModel())
                .extracting("namespace", "name", "uid")
                .containsExactly(
                        fixture.namespace(), "chat", model.getMetadata().getUid());
        fixture.lmStudio().fault(Fault.on("unload", "serverError").once());

        fixture.resource("chat").delete();
        fixture.awaitReason("chat", "UnloadFailed");
        dropFinalizer("chat");

        fixture.awaitGone("chat");
        awaitLoaded(List.of());
    }

    @Test
    void instanceIsUnloadedIfItsManagedModelDisappearedWhileNoAgentRan() {
        givenServed("chat", "model: llama-3.2-1b-instruct");

        fixture.restartOperatorAfter(() -> goWithoutFinalizer("chat"));

        awaitLoaded(List.of());
    }

    @Test
    void retainedAndAdoptedInstancesStay() {
        givenServed("kept", "model: llama-3.2-1b-instruct, deletionPolicy: Retain");
        fixture.lmStudio()
                .placeInstance(SimulatorProcess.object()
                        .put("modelKey", "qwen3-4b")
                        .put("identifier", "found")
                        .put("ttlMs", 600_000)
                        .put("contextLength", 4096));
        givenServed("found", "model: qwen3-4b");
        givenServed("ours", "model: qwen/qwen3-8b");

        fixture.restartOperatorAfter(() -> List.of("kept", "found", "ours").forEach(this::goWithoutFinalizer));

        awaitLoaded(List.of("kept", "found"));
    }

    @Test
    void instanceStaysIfDeletionPolicyBecomesRetainJustBeforeTheDeletion() {
        givenServed("chat", "model: llama-3.2-1b-instruct");

        fixture.apply("chat", "model: llama-3.2-1b-instruct, deletionPolicy: Retain");
        fixture.deleteAndAwaitGone("chat");

        eventually("the LMStudioNode names no owner", () -> find("chat"), instance -> instance.filter(
                        named -> named.managedModel() == null)
                .isPresent());
        fixture.restartOperator();
        awaitLoaded(List.of("chat"));
        assertThat(fixture.journal().calls("unload")).isEmpty();
    }

    @Test
    void instanceThatAnotherManagedModelNamesStays() {
        givenServed("chat", "model: llama-3.2-1b-instruct");

        fixture.restartOperatorAfter(() -> {
            goWithoutFinalizer("chat");
            fixture.apply("successor", "model: llama-3.2-1b-instruct, identifier: chat");
            // Sets the node, so that the agent knows the ManagedModel at its start, even if the controller is slower.
            fixture.resource("successor")
                    .subresource("status")
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "{\"status\":{\"nodeName\":\"%s\"}}".formatted(fixture.nodeName()));
        });

        fixture.awaitReady("successor");
        awaitLoaded(List.of("chat"));
        assertThat(fixture.journal().calls("unload")).isEmpty();
    }

    private ManagedModel givenServed(String name, String spec) {
        ManagedModel model = fixture.applyAndAwaitReady(name, spec);
        DeletionPolicy policy =
                name.equals("kept") || name.equals("found") ? DeletionPolicy.RETAIN : DeletionPolicy.UNLOAD;
        eventually(
                "the LMStudioNode names its ManagedModel",
                () -> find(name).filter(instance -> instance.managedModel() != null),
                instance -> instance.map(NodeInstance::deletionPolicy)
                        .filter(policy::equals)
                        .isPresent());
        return model;
    }

    private void goWithoutFinalizer(String name) {
        dropFinalizer(name);
        fixture.resource(name).delete();
        fixture.awaitGone(name);
    }

    private void dropFinalizer(String name) {
        edit(fixture.resource(name), model -> {
            model.getMetadata().setFinalizers(List.of());
            return model;
        });
    }

    private NodeInstance recorded(String identifier) {
        return find(identifier).orElseThrow();
    }

    private Optional<NodeInstance> find(String identifier) {
        return Optional.ofNullable(fixture.node().get().getStatus()).map(status -> status.instances()).stream()
                .flatMap(List::stream)
                .filter(instance -> instance.identifier().equals(identifier))
                .findFirst();
    }

    private void awaitLoaded(List<String> identifiers) {
        eventually(
                "the loaded instances are " + identifiers,
                () -> fixture.lmStudio().identifiers(),
                loaded -> loaded.containsAll(identifiers) && identifiers.containsAll(loaded));
    }
}
