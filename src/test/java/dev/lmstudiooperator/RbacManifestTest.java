package dev.lmstudiooperator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.preflight.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Verifies that the permissions that the operator checks at its start equal those that {@code k8s/} grants. Otherwise
 * the check would report too much or too little.
 */
class RbacManifestTest {

    private static final String NAMESPACE = "lmstudio-operator";
    private static final Path MANIFESTS = Path.of("k8s", "base");

    @Test
    void agentNeedsWhatItsRolesGrant() throws IOException {
        assertThat(granted(OperatorComposition.agentRules(NAMESPACE)))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                rulesIn("agent.yaml", "lmstudio-operator-agent"),
                                rulesIn("leases.yaml", "lmstudio-operator-renew-lease"))
                        .toList());
    }

    @Test
    void controllerNeedsWhatItsRolesGrant() throws IOException {
        assertThat(granted(OperatorComposition.controllerRules(NAMESPACE)))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                rulesIn("controller.yaml", "lmstudio-operator-controller"),
                                Stream.concat(
                                        rulesIn("leases.yaml", "lmstudio-operator-renew-lease"),
                                        rulesIn("leases.yaml", "lmstudio-operator-watch-leases")))
                        .toList());
    }

    private static List<String> granted(List<PolicyRule> rules) {
        return rules.stream()
                .flatMap(rule ->
                        rule.verbs().stream().map(verb -> String.join(" ", verb, rule.group(), rule.resource())))
                .toList();
    }

    private static Stream<String> rulesIn(String file, String role) throws IOException {
        return Stream.of(Files.readString(MANIFESTS.resolve(file)).split("(?m)^---$"))
                // A Role has the same fields.
                .map(document -> Serialization.unmarshal(document, ClusterRole.class))
                .filter(object -> object.getKind().endsWith("Role")
                        && object.getMetadata().getName().equals(role))
                .flatMap(object -> object.getRules().stream())
                .flatMap(rule -> rule.getVerbs().stream()
                        .flatMap(verb -> rule.getApiGroups().stream().flatMap(group -> rule.getResources().stream()
                                .map(resource -> String.join(" ", verb, group, resource)))));
    }
}
