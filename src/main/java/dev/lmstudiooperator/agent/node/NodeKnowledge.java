package dev.lmstudiooperator.agent.node;

import dev.lmstudiooperator.api.v1alpha1.ManagedModelReference;
import dev.lmstudiooperator.lmstudio.Facts;
import dev.lmstudiooperator.lmstudio.Observation;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a status tells.
 *
 * @param owners for whom each instance is kept, by its identifier
 * @param isReleased whether the agent let a ManagedModel go and left its instance loaded on purpose
 * @param nodeUid the UID of the Kubernetes Node; null when there is none
 */
record NodeKnowledge(
        Observation observation,
        Facts facts,
        Map<String, InstanceOwner> owners,
        Predicate<ManagedModelReference> isReleased,
        @Nullable String nodeUid) {}
