package dev.lmstudiooperator.agent.lmstudionode;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is configured about the node.
 *
 * @param name the name of its LMStudioNode, and of its Kubernetes Node if there is one
 * @param labels they win over those of the Kubernetes Node
 * @param apiAddress where the agent itself reaches LM Studio's HTTP API
 * @param modelMemoryBytes how much memory there is for models; null when nobody said
 */
public record NodeSettings(
        String name,
        Map<String, String> labels,
        URI apiAddress,
        @Nullable Long modelMemoryBytes) {}
