package dev.lmstudiooperator.agent.tenure;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Tells {@code kubectl describe lmstudionode} of a second agent; where there is no such object, the log has to do. */
final class DuplicateAgent {

    static final String REASON = "DuplicateAgent";

    private static final Logger LOG = Logger.getLogger(DuplicateAgent.class);

    /** Where the API server wants the events of what is in no namespace. */
    private static final String NAMESPACE = "default";

    private static final int LONGEST_PREFIX = 200;
    private static final int LONGEST_INSTANCE = 128;

    private final KubernetesClient client;
    private final String nodeName;

    DuplicateAgent(KubernetesClient client, String nodeName) {
        this.client = client;
        this.nodeName = nodeName;
    }

    void tell(String what, Instant now) {
        try {
            node().map(node -> event(node, what, now))
                    .ifPresent(event -> client.resource(event).create());
        } catch (KubernetesClientException e) {
            LOG.warnf("An event of LMStudioNode %s could not be written: %s", nodeName, e.getMessage());
        }
    }

    private Optional<GenericKubernetesResource> node() {
        return Optional.ofNullable(
                client.genericKubernetesResources(ResourceDefinitionContext.fromResourceType(LMStudioNode.class))
                        .withName(nodeName)
                        .get());
    }

    private Event event(GenericKubernetesResource node, String what, Instant now) {
        return new EventBuilder()
                .withNewMetadata()
                .withGenerateName(nodeName.substring(0, Math.min(nodeName.length(), LONGEST_PREFIX)) + "-")
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withEventTime(new MicroTime(now.truncatedTo(ChronoUnit.MICROS).toString()))
                .withReportingController(ManagedModel.FINALIZER)
                .withReportingInstance(nodeName.substring(0, Math.min(nodeName.length(), LONGEST_INSTANCE)))
                .withType("Warning")
                .withReason(REASON)
                .withAction(REASON)
                .withNote(what)
                .withNewRegarding()
                .withApiVersion(node.getApiVersion())
                .withKind(node.getKind())
                .withName(nodeName)
                .withUid(node.getMetadata().getUid())
                .endRegarding()
                .build();
    }
}
