package dev.lmstudiooperator.agent.lmstudionode;

import dev.lmstudiooperator.lmstudio.ServerInfo;
import dev.lmstudiooperator.lmstudio.Observation;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a status tells.
 *
 * @param owners for whom each instance is kept, by its identifier
 * @param nodeUid the UID of the Kubernetes Node; null when there is none
 */
record NodeStatusInput(
        Observation observation,
        ServerInfo facts,
        Map<String, InstanceOwner> owners,
        @Nullable String nodeUid) {}
