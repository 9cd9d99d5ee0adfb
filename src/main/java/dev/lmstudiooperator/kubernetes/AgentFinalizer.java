package dev.lmstudiooperator.kubernetes;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.util.List;
import java.util.Optional;

/**
 * Removes the agent's finalizer from exactly the ManagedModel that was read. The framework's own removal uses the
 * resource version that was read. That version is outdated as soon as the same reconciliation has written the status. The
 * framework also does not compare the UID.
 */
public final class AgentFinalizer {

    /** Other clients may remove their finalizers at the same time. Ten such conflicts in a row are not expected. */
    private static final int ATTEMPTS = 10;

    private static final PatchContext JSON_PATCH = PatchContext.of(PatchType.JSON);

    private AgentFinalizer() {}

    /** The ManagedModel without the finalizer; empty if the ManagedModel is gone. */
    public static Optional<ManagedModel> remove(ManagedModel model, Context<ManagedModel> context) {
        Optional<ManagedModel> current = Optional.of(model);
        for (int attempt = 1;
                current.filter(found -> found.hasFinalizer(ManagedModel.FINALIZER))
                        .isPresent();
                attempt++) {
            try {
                return Optional.of(patch(current.get(), context));
            } catch (KubernetesClientException refusal) {
                if (!Existence.mayBeGone(refusal) || attempt == ATTEMPTS) {
                    throw refusal;
                }
                current = Existence.find(model, context.getClient());
            }
        }
        return current;
    }

    private static ManagedModel patch(ManagedModel model, Context<ManagedModel> context) {
        return context.resourceOperations()
                .resourcePatch(
                        model,
                        held -> context.getClient().resource(held).patch(JSON_PATCH, removal(held.getMetadata())),
                        context.eventSourceRetriever().getControllerEventSource());
    }

    private static String removal(ObjectMeta metadata) {
        int index =
                requireNonNullElse(metadata.getFinalizers(), List.<String>of()).indexOf(ManagedModel.FINALIZER);
        return """
                [{"op":"test","path":"/metadata/uid","value":"%2$s"},
                {"op":"test","path":"/metadata/finalizers/%1$d","value":"%3$s"},
                {"op":"remove","path":"/metadata/finalizers/%1$d"}]""".formatted(index, metadata.getUid(), ManagedModel.FINALIZER);
    }
}
