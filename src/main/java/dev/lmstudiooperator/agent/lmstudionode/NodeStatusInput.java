package dev.lmstudiooperator.agent.lmstudionode;

import dev.lmstudiooperator.lmstudio.ServerInfo;
import dev.lmstudiooperator.lmstudio.Observation;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The input for the status of an LMStudioNode.
 *
 * @param owners the owner of each instance, by its identifier
 * @param nodeUid the UID of the Kubernetes Node; null if there is none
 */
record NodeStatusInput(
        Observation observation,
        ServerInfo facts,
        Map<String, InstanceOwner> owners,
        @Nullable String nodeUid) {}
