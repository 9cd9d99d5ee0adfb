package dev.lmstudiooperator.preflight;

import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Checks the API server permissions of this process and logs each missing one only once. Used by one thread. */
final class PermissionCheck {

    private static final Logger LOG = Logger.getLogger(OperatorBootstrap.class);
    private static final String NODE_OF_TOKEN = "authentication.kubernetes.io/node-name";

    private final KubernetesClient client;
    private final ProcessDefinition process;
    private List<String> reported = List.of();
    private boolean isWatchDenied;

    PermissionCheck(KubernetesClient client, ProcessDefinition process) {
        this.client = client;
        this.process = process;
    }

    boolean isDenied() {
        return !reported.isEmpty();
    }

    /** Whether a permission to list or watch is missing. */
    boolean isWatchDenied() {
        return isWatchDenied;
    }

    /** Every account may review its own permissions. */
    void check() {
        List<PolicyRule> missing;
        List<String> sentences;
        try {
            missing = missing();
            sentences = Stream.concat(wrongToken().stream(), missing.stream().map(PermissionCheck::toBeGranted))
                    .toList();
        } catch (KubernetesClientException e) {
            // OperatorBootstrap reports an API server that does not respond.
            return;
        }
        sentences.stream().filter(sentence -> !reported.contains(sentence)).forEach(sentence -> LogEvent.of(
                        "Missing API server permissions")
                .with(LogField.ERROR, sentence)
                .error(LOG));
        if (isDenied() && sentences.isEmpty()) {
            LogEvent.of("API server permissions are complete").info(LOG);
        }
        reported = sentences;
        isWatchDenied = missing.stream().anyMatch(PolicyRule::isForWatching);
    }

    private List<PolicyRule> missing() {
        return process.rules().stream()
                .map(rule -> rule.only(rule.verbs().stream()
                        .filter(verb -> !isAllowed(rule, verb))
                        .toList()))
                .filter(rule -> !rule.verbs().isEmpty())
                .toList();
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
        return process.objection(user.getUsername(), node.isEmpty() ? "" : node.getFirst());
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
