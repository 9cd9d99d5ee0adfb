package dev.lmstudiooperator.agent.lmstudionode;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Configuration of the node.
 *
 * @param name the name of its LMStudioNode, and of its Kubernetes Node if there is one
 * @param labels take precedence over those of the Kubernetes Node
 * @param apiAddress where the agent itself reaches LM Studio's HTTP API
 * @param modelMemoryBytes the memory for models, in bytes; null if it is not configured
 */
public record NodeSettings(
        String name,
        Map<String, String> labels,
        URI apiAddress,
        @Nullable Long modelMemoryBytes) {}
