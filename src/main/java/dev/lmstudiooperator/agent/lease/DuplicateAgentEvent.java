package dev.lmstudiooperator.agent.lease;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.kubernetes.EventData;
import dev.lmstudiooperator.kubernetes.EventRecorder;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.InstantSource;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Records an event of the LMStudioNode about a second agent. If there is no LMStudioNode, only the log reports it. */
final class DuplicateAgentEvent {

    static final String REASON = "DuplicateAgent";

    private static final Logger LOG = Logger.getLogger(DuplicateAgentEvent.class);

    private final KubernetesClient client;
    private final String nodeName;
    private final EventRecorder events;

    DuplicateAgentEvent(KubernetesClient client, String nodeName, InstantSource wall) {
        this.client = client;
        this.nodeName = nodeName;
        this.events = new EventRecorder(client, nodeName, wall);
    }

    void record(String what) {
        try {
            node().ifPresent(node -> events.record(node, new EventData(true, REASON, what)));
        } catch (KubernetesClientException e) {
            LogEvent.of("Failed to read LMStudioNode")
                    .with(LogField.NODE, nodeName)
                    .with(LogField.ERROR, e.getMessage())
                    .warn(LOG);
        }
    }

    private Optional<GenericKubernetesResource> node() {
        return Optional.ofNullable(
                client.genericKubernetesResources(ResourceDefinitionContext.fromResourceType(LMStudioNode.class))
                        .withName(nodeName)
                        .get());
    }
}
