package dev.lmstudiooperator.manifests;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.controlplane.RetryOnConflict.edit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks that RBAC grants each service account of the operator exactly the expected permissions. */
@WithControlPlane
class PermissionsIT {

    private static final String OWN = Account.OPERATOR_NAMESPACE;
    private static final String ANY = "default";
    /** The namespace of a cluster-scoped resource. */
    private static final String NONE = "";

    private static final String OURS = ManagedModel.GROUP;
    private static final List<String> VERBS =
            List.of("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection");

    private final ControlPlane controlPlane;

    PermissionsIT(ControlPlane controlPlane) {
        this.controlPlane = controlPlane;
    }

    static Stream<Arguments> grants() {
        Account agent = Account.agentOn("n1");
        Account controller = Account.controller();
        Account all = Account.allOn("n1");
        return Stream.of(
                grant(agent, ANY, OURS, "managedmodels", "get list watch patch"),
                grant(controller, ANY, OURS, "managedmodels", "get list watch create update patch delete"),
                grant(all, ANY, OURS, "managedmodels", "get list watch create update patch delete"),
                grant(controller, ANY, OURS, "managedmodelsets", "get list watch"),
                grant(all, ANY, OURS, "managedmodelsets", "get list watch"),
                grant(controller, ANY, OURS, "managedmodelsets/status", "get patch"),
                grant(all, ANY, OURS, "managedmodelsets/status", "get patch"),
                grant(controller, ANY, OURS, "managedmodelsets/finalizers", "update"),
                grant(all, ANY, OURS, "managedmodelsets/finalizers", "update"),
                grant(agent, ANY, OURS, "managedmodels/status", "get patch"),
                grant(controller, ANY, OURS, "managedmodels/status", "get patch"),
                grant(all, ANY, OURS, "managedmodels/status", "get patch"),
                grant(agent, NONE, OURS, "lmstudionodes", "get list watch create patch"),
                grant(controller, NONE, OURS, "lmstudionodes", "get list watch delete"),
                grant(all, NONE, OURS, "lmstudionodes", "get list watch create patch delete"),
                grant(agent, NONE, OURS, "lmstudionodes/status", "get patch"),
                grant(controller, NONE, OURS, "lmstudionodes/status", "get patch"),
                grant(all, NONE, OURS, "lmstudionodes/status", "get patch"),
                grant(agent, NONE, "", "nodes", "get list watch"),
                grant(controller, NONE, "", "nodes", "get"),
                grant(all, NONE, "", "nodes", "get list watch"),
                grant(controller, NONE, "", "namespaces", "get list watch"),
                grant(all, NONE, "", "namespaces", "get list watch"),
                grant(agent, ANY, "events.k8s.io", "events", "create patch"),
                grant(controller, ANY, "events.k8s.io", "events", "create patch"),
                grant(all, ANY, "events.k8s.io", "events", "create patch"),
                grant(agent, OWN, "coordination.k8s.io", "leases", "get create update patch"),
                grant(controller, OWN, "coordination.k8s.io", "leases", "get list watch create update patch"),
                grant(all, OWN, "coordination.k8s.io", "leases", "get list watch create update patch"));
    }

    @ParameterizedTest(name = "{0} may {4} {3} in {1}")
    @MethodSource("grants")
    void theAccountMayDoThisAndNoMore(Account account, String namespace, String group, String resource, String verbs) {
        assertThat(allowedVerbs(account, namespace, group, resource)).containsExactlyInAnyOrder(verbs.split(" "));
    }

    static Stream<Arguments> refusals() {
        return Stream.of(Account.agentOn("n1"), Account.controller(), Account.allOn("n1"))
                .flatMap(account -> Stream.of(
                        grant(account, OWN, "", "secrets", ""),
                        grant(account, OWN, "", "configmaps", ""),
                        grant(account, OWN, "", "pods", ""),
                        grant(account, OWN, "", "pods/exec", ""),
                        grant(account, OWN, "", "serviceaccounts/token", ""),
                        grant(account, NONE, "", "nodes/status", ""),
                        grant(account, NONE, "", "nodes/proxy", ""),
                        grant(account, ANY, OURS, "managedmodels/finalizers", ""),
                        grant(account, NONE, OURS, "lmstudionodes/finalizers", ""),
                        grant(account, ANY, OURS, "managedmodelsets/scale", ""),
                        grant(account, OWN, "rbac.authorization.k8s.io", "clusterroles", ""),
                        grant(account, OWN, "apiextensions.k8s.io", "customresourcedefinitions", ""),
                        grant(account, OWN, "admissionregistration.k8s.io", "validatingadmissionpolicies", ""),
                        grant(account, ANY, "coordination.k8s.io", "leases", "")));
    }

    @ParameterizedTest(name = "{0} has no business with {3} in {1}")
    @MethodSource("refusals")
    void theAccountHasNoVerb(Account account, String namespace, String group, String resource, String verbs) {
        assertThat(allowedVerbs(account, namespace, group, resource)).isEmpty();
    }

    @Test
    void anAgentHasNoBusinessWithSets() {
        assertThat(List.of("managedmodelsets", "managedmodelsets/status", "managedmodelsets/finalizers"))
                .allSatisfy(resource -> assertThat(allowedVerbs(Account.agentOn("n1"), ANY, OURS, resource))
                        .isEmpty());
    }

    @Test
    void anAgentCannotReadNamespaces() {
        assertThat(allowedVerbs(Account.agentOn("n1"), NONE, "", "namespaces")).isEmpty();
    }

    @Test
    void anAgentReadsAndWatchesTheNodeThatItIsOn() {
        try (KubernetesClient client = controlPlane.clientFor(Account.agentOn("n1"));
                var informer = client.nodes().withName("n1").inform()) {
            assertThat(client.nodes().withName("n1").require()).isNotNull();
            eventually("sees its Node", informer.getStore()::list, nodes -> nodes.size() == 1);

            edit(controlPlane.admin().nodes().withName("n1"), node -> {
                node.getMetadata().setLabels(Map.of("gpu", "nvidia"));
                return node;
            });

            eventually("sees the label of its Node", informer.getStore()::list, nodes -> nodes.stream()
                    .anyMatch(node -> node.getMetadata().getLabels().equals(Map.of("gpu", "nvidia"))));
        }
    }

    @Test
    void noRuleHasAWildcard() {
        KubernetesClient admin = controlPlane.admin();
        List<PolicyRule> rules = Stream.concat(
                        admin.rbac().clusterRoles().list().getItems().stream()
                                .filter(role -> role.getMetadata().getName().startsWith("lmstudio-operator"))
                                .flatMap(role -> role.getRules().stream()),
                        admin.rbac().roles().inNamespace(OWN).list().getItems().stream()
                                .flatMap(role -> role.getRules().stream()))
                .toList();

        assertThat(rules).isNotEmpty().allSatisfy(rule -> assertThat(
                        Stream.of(rule.getApiGroups(), rule.getResources(), rule.getVerbs()))
                .allSatisfy(names -> assertThat(names).doesNotContain("*")));
    }

    private List<String> allowedVerbs(Account account, String namespace, String group, String resource) {
        try (KubernetesClient client = controlPlane.clientFor(account)) {
            return VERBS.stream()
                    .filter(verb -> isAllowed(client, verb, namespace, group, resource))
                    .toList();
        }
    }

    private static boolean isAllowed(
            KubernetesClient client, String verb, String namespace, String group, String resource) {
        String[] parts = resource.split("/", 2);
        return client.authorization()
                .v1()
                .selfSubjectAccessReview()
                .create(new SelfSubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withNewResourceAttributes()
                        .withVerb(verb)
                        .withNamespace(namespace)
                        .withGroup(group)
                        .withResource(parts[0])
                        .withSubresource(parts.length > 1 ? parts[1] : null)
                        .endResourceAttributes()
                        .endSpec()
                        .build())
                .getStatus()
                .getAllowed();
    }

    private static Arguments grant(Account account, String namespace, String group, String resource, String verbs) {
        return Arguments.of(account, namespace, group, resource, verbs);
    }
}
