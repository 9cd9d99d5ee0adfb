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
                return Optional.of(
                        patch(current.get(), "uid", current.get().getMetadata().getUid(), context));
            } catch (KubernetesClientException refusal) {
                if (!Existence.mayBeGone(refusal) || attempt == ATTEMPTS) {
                    throw refusal;
                }
                current = Existence.find(model, context.getClient());
            }
        }
        return current;
    }

    /** Removes the finalizer. Fails if the ManagedModel has changed since it was read. */
    public static void removeFromUnchanged(ManagedModel model, Context<ManagedModel> context) {
        patch(model, "resourceVersion", model.getMetadata().getResourceVersion(), context);
    }

    private static ManagedModel patch(
            ManagedModel model, String unchangedField, String value, Context<ManagedModel> context) {
        String removal = removal(model.getMetadata(), unchangedField, value);
        return context.resourceOperations()
                .resourcePatch(
                        model,
                        held -> context.getClient().resource(held).patch(JSON_PATCH, removal),
                        context.eventSourceRetriever().getControllerEventSource());
    }

    private static String removal(ObjectMeta metadata, String unchangedField, String value) {
        int index =
                requireNonNullElse(metadata.getFinalizers(), List.<String>of()).indexOf(ManagedModel.FINALIZER);
        return """
                [{"op":"test","path":"/metadata/%1$s","value":"%2$s"},
                {"op":"test","path":"/metadata/finalizers/%3$d","value":"%4$s"},
                {"op":"remove","path":"/metadata/finalizers/%3$d"}]""".formatted(unchangedField, value, index, ManagedModel.FINALIZER);
    }
}
