package dev.lmstudiooperator.agent.lmstudionode;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelReference;
import dev.lmstudiooperator.lmstudio.LmStudioServer.ServerInfo;
import dev.lmstudiooperator.lmstudio.Observation;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The input for the status of an LMStudioNode.
 *
 * @param owners the owner of each instance, by its identifier
 * @param isReleased whether the agent removed the finalizer of a ManagedModel and left its instance loaded
 * @param nodeUid the UID of the Kubernetes Node; null if there is none
 */
record NodeStatusInput(
        Observation observation,
        ServerInfo facts,
        Map<String, InstanceOwner> owners,
        Predicate<ManagedModelReference> isReleased,
        @Nullable String nodeUid) {}
