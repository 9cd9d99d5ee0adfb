package dev.lmstudiooperator.controlplane;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;

/** The admission policies of the manifests, checked with an account to which RBAC grants everything. */
record NodeRestriction(KubernetesClient climber) {

    /** One request for each policy. Only that policy denies it. */
    private static final List<String> ATTEMPTS = List.of("""
            apiVersion: lmstudio-operator.dev/v1alpha1
            kind: ManagedModel
            metadata: {name: climber, namespace: default}
            spec: {model: any}
            """, """
            apiVersion: lmstudio-operator.dev/v1alpha1
            kind: LMStudioNode
            metadata: {name: climber}
            """, """
            apiVersion: coordination.k8s.io/v1
            kind: Lease
            metadata: {name: climber, namespace: %s}
            """.formatted(Account.OPERATOR_NAMESPACE));

    /** Waits until the API server enforces every policy. */
    void awaitStanding() {
        ATTEMPTS.forEach(attempt -> eventually(
                "the node restriction denies\n" + attempt,
                () -> tryToCreate(attempt),
                answer -> answer.contains("node-restriction")));
    }

    private String tryToCreate(String object) {
        try {
            climber.resource(Serialization.unmarshal(object, GenericKubernetesResource.class))
                    .dryRun()
                    .create();
            return "it was allowed";
        } catch (KubernetesClientException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
