package dev.lmstudiooperator.agent.lmstudionode;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.kubernetes.UnknownFieldPruner;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Writes the fields of an LMStudioNode that the agent owns, by server-side apply, and only if they differ. */
final class NodeStatusApplier {

    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("lmstudio-operator-agent")
            .withForce(true)
            .build();

    private final KubernetesClient client;
    private final ObjectWatcher<LMStudioNode> watcher;
    private final UnknownFieldPruner undeclared;

    private @Nullable Written<Registration> registration;
    private @Nullable Written<LMStudioNodeStatus> status;

    /** @param watcher receives the object that the API server returns for a write */
    NodeStatusApplier(KubernetesClient client, ObjectWatcher<LMStudioNode> watcher, InstantSource clock) {
        this.client = client;
        this.watcher = watcher;
        this.undeclared = new UnknownFieldPruner(clock);
    }

    /**
     * The last write, and the resource version that it produced. If the object still has this version, the same write
     * changes nothing: the API server drops the same fields again.
     */
    private record Written<T>(T what, String version) {

        static <T> Written<T> of(T what, LMStudioNode answer) {
            return new Written<>(what, answer.getMetadata().getResourceVersion());
        }

        boolean isLast(T other, LMStudioNode current) {
            return what.equals(other) && version.equals(current.getMetadata().getResourceVersion());
        }
    }

    /**
     * Creates the LMStudioNode, or adds the missing fields. The first call always writes: an earlier agent may have
     * written fields that must go, and only the API server knows them.
     */
    LMStudioNode register(Registration wanted, @Nullable LMStudioNode current) {
        Written<Registration> last = registration;
        boolean isDone = current != null
                && last != null
                && (last.isLast(wanted, current) || (last.what().equals(wanted) && wanted.matches(current)));
        if (current != null && isDone) {
            return current;
        }
        LMStudioNode answer = client.resource(wanted.applied()).patch(APPLY);
        registration = Written.of(wanted, answer);
        watcher.wrote(answer);
        return answer;
    }

    void write(LMStudioNodeStatus wanted, LMStudioNode current) {
        Written<LMStudioNodeStatus> last = status;
        if (!NodeStatusFactory.hasChanged(wanted, current) || (last != null && last.isLast(wanted, current))) {
            return;
        }
        LMStudioNode applied = new LMStudioNode();
        applied.initNameAndNamespaceFrom(current);
        applied.setStatus(wanted);
        LMStudioNode answer = undeclared.leftOut(
                applied, known -> client.resource(known).subresource("status").patch(APPLY));
        status = Written.of(wanted, answer);
        watcher.wrote(answer);
    }
}
