package dev.lmstudiooperator.preflight;

import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks the API server permissions of this process. Every account may review its own permissions. */
final class PermissionCheck {

    private static final String NODE_OF_TOKEN = "authentication.kubernetes.io/node-name";

    private final KubernetesClient client;
    private final ProcessIdentity identity;
    private final List<PolicyRule> rules;

    /** @param rules all permissions that the components of this process need */
    PermissionCheck(KubernetesClient client, ProcessIdentity identity, List<PolicyRule> rules) {
        this.client = client;
        this.identity = identity;
        this.rules = rules;
    }

    /**
     * Missing permissions.
     *
     * @param sentences one per problem, with what to do; empty if nothing is missing
     * @param isBlind whether a permission to list or watch is missing
     */
    record Denial(List<String> sentences, boolean isBlind) {

        static final Denial NONE = new Denial(List.of(), false);
    }

    /** Throws the exception of the client if the API server does not respond. */
    Denial ask() {
        List<PolicyRule> missing = rules.stream()
                .map(rule -> rule.only(rule.verbs().stream()
                        .filter(verb -> !isAllowed(rule, verb))
                        .toList()))
                .filter(rule -> !rule.verbs().isEmpty())
                .toList();
        return new Denial(
                Stream.concat(wrongToken().stream(), missing.stream().map(PermissionCheck::toBeGranted))
                        .toList(),
                missing.stream().anyMatch(PolicyRule::isForWatching));
    }

    private static String toBeGranted(PolicyRule rule) {
        return "RBAC does not allow %s: `kubectl apply -k k8s` grants it to the operator's service accounts, deploy/enroll-node to a machine outside of the cluster"
                .formatted(rule);
    }

    private Optional<String> wrongToken() {
        UserInfo user =
                client.resource(new SelfSubjectReview()).create().getStatus().getUserInfo();
        Map<String, List<String>> extra = user.getExtra();
        List<String> node = extra == null ? List.of() : extra.getOrDefault(NODE_OF_TOKEN, List.of());
        return identity.objection(user.getUsername(), node.isEmpty() ? "" : node.getFirst());
    }

    private boolean isAllowed(PolicyRule rule, String verb) {
        String[] resource = rule.resource().split("/", 2);
        return client.authorization()
                .v1()
                .selfSubjectAccessReview()
                .create(new SelfSubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withNewResourceAttributes()
                        .withVerb(verb)
                        .withGroup(rule.group())
                        .withResource(resource[0])
                        .withSubresource(resource.length > 1 ? resource[1] : null)
                        .withNamespace(rule.namespace())
                        .endResourceAttributes()
                        .endSpec()
                        .build())
                .getStatus()
                .getAllowed();
    }
}
