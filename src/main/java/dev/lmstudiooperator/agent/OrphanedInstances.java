package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.lmstudionode.InstanceOwner;
import dev.lmstudiooperator.agent.managedmodel.ManagedModelSyncer;
import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.api.v1alpha1.DeletionPolicy;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.ManagedModelReference;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.NodeInstance;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSpec;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Unloads instances that the agent loaded for a ManagedModel that no longer exists. A ManagedModel that was removed
 * without its finalizer causes no cleanup. The planner handles it like any deleted ManagedModel, one action per call.
 * Except for the released ManagedModels, used by one thread.
 */
final class OrphanedInstances {

    private static final Logger LOG = Logger.getLogger(OrphanedInstances.class);

    /** Time between two checks whether a ManagedModel that left this node still exists. */
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final ManagedModelSyncer syncer;
    private final KubernetesClient client;
    private final SteadyClock clock;

    /** ManagedModels that no longer exist, represented as if they were being deleted. */
    private final Map<ManagedModelReference, ManagedModel> gone = new HashMap<>();

    /** ManagedModels whose instances stay loaded. Needed until the next write of the node's status. */
    private final Recent<ManagedModelReference> released = new Recent<>();

    /** When each ManagedModel that exists elsewhere was last found. */
    private final Map<ManagedModelReference, Instant> elsewhere = new HashMap<>();

    OrphanedInstances(ManagedModelSyncer syncer, KubernetesClient client, SteadyClock clock) {
        this.syncer = syncer;
        this.client = client;
        this.clock = clock;
    }

    /**
     * Called before the finalizer is removed, by any thread. An instance that deletion leaves loaded is not an orphan.
     */
    void releases(ManagedModel model) {
        InstanceOwner owner = InstanceOwner.of(model);
        if (owner.deletionPolicy() == DeletionPolicy.RETAIN) {
            released.add(owner.managedModel());
        }
    }

    boolean isReleased(ManagedModelReference model) {
        return released.contains(model);
    }

    /**
     * Unloads instances whose ManagedModel no longer exists. If the ManagedModel only left this node, its instance
     * stays loaded until the TTL expires.
     *
     * @param instances those that no ManagedModel of this node names
     */
    void unload(List<NodeInstance> instances) {
        for (NodeInstance instance : instances) {
            ManagedModelReference owner = instance.managedModel();
            if (owner != null && instance.deletionPolicy() == DeletionPolicy.UNLOAD && isGone(owner)) {
                gone.computeIfAbsent(owner, key -> deleted(key, instance));
            }
        }
        elsewhere
                .keySet()
                .retainAll(instances.stream().map(NodeInstance::managedModel).toList());
        List.copyOf(gone.entrySet()).forEach(entry -> sync(entry.getKey(), entry.getValue()));
    }

    private boolean isGone(ManagedModelReference owner) {
        Instant foundAt = elsewhere.get(owner);
        if (gone.containsKey(owner)) {
            return true;
        }
        if (foundAt != null && clock.instant().isBefore(foundAt.plus(PAUSE))) {
            return false;
        }
        ManagedModel found = client.resources(ManagedModel.class)
                .inNamespace(owner.namespace())
                .withName(owner.name())
                .get();
        boolean isGone =
                found == null || !owner.uid().equals(found.getMetadata().getUid());
        if (isGone) {
            elsewhere.remove(owner);
        } else {
            elsewhere.put(owner, clock.instant());
        }
        return isGone;
    }

    private void sync(ManagedModelReference owner, ManagedModel model) {
        Decision decision = syncer.sync(model, (current, status) -> write(owner, current, status));
        if (decision.action() instanceof Action.RemoveFinalizer) {
            gone.remove(owner);
            LogEvent.of("Unloaded the instance of a removed ManagedModel")
                    .about(new ResourceID(owner.name(), owner.namespace()))
                    .with(LogField.DETAIL, decision.summary().message())
                    .info(LOG);
        }
    }

    /**
     * Uses a name that no ManagedModel can have, to distinguish it from a later ManagedModel with the original name.
     */
    private ManagedModel deleted(ManagedModelReference owner, NodeInstance instance) {
        ManagedModel model = new ManagedModel();
        model.setMetadata(new ObjectMetaBuilder()
                .withNamespace(owner.namespace())
                .withName(owner.name() + " (gone)")
                .withUid(owner.uid())
                .withGeneration(1L)
                .withCreationTimestamp(clock.wall().toString())
                .withDeletionTimestamp(clock.wall().toString())
                .build());
        model.setSpec(new ManagedModelSpec(
                instance.modelKey(),
                instance.identifier(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                DeletionPolicy.UNLOAD,
                null,
                null));
        model.setStatus(ManagedModelStatus.UNOBSERVED);
        LogEvent.of("ManagedModel was removed without its finalizer; unloading its instance")
                .about(new ResourceID(owner.name(), owner.namespace()))
                .with(LogField.IDENTIFIER, instance.identifier())
                .with(LogField.MODEL, instance.modelKey())
                .warn(LOG);
        return model;
    }

    /** Keeps the status in memory, because there is no object to write it to. */
    private ManagedModel write(ManagedModelReference owner, ManagedModel model, ManagedModelStatus status) {
        ManagedModel written = new ManagedModel();
        written.setMetadata(model.getMetadata());
        written.setSpec(model.getSpec());
        written.setStatus(status);
        gone.put(owner, written);
        return written;
    }
}
