package dev.lmstudiooperator.agent.node;

import dev.lmstudiooperator.lmstudio.Facts;
import dev.lmstudiooperator.lmstudio.Observation;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a status tells.
 *
 * @param named the identifiers that this node's ManagedModels name
 * @param nodeUid the UID of the Kubernetes Node; null when there is none
 */
record NodeKnowledge(
        Observation observation,
        Facts facts,
        Set<String> named,
        @Nullable String nodeUid) {}
