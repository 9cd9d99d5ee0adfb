package dev.lmstudiooperator.preflight;

import java.util.List;
import java.util.Optional;

/**
 * This process according to its configuration: its identity and its components.
 *
 * @param namespace the namespace of the operator
 */
public record ProcessDefinition(String namespace, String node, List<Component> components) {

    private static final String ACCOUNT_OF_A_MACHINE = "node.";

    /** All API server permissions that the components need. */
    List<PolicyRule> rules() {
        return components.stream()
                .flatMap(component -> component.rules().stream())
                .distinct()
                .toList();
    }

    /**
     * Returns why an API server user does not match this identity. The admission policies of k8s/ apply the same rule to
     * each write.
     *
     * @param tokenNode the node that the token names; empty if it names none
     */
    Optional<String> objection(String userName, String tokenNode) {
        String accounts = "system:serviceaccount:%s:".formatted(namespace);
        String account = userName.startsWith(accounts) ? userName.substring(accounts.length()) : "";
        // Accounts that are exempt from the node restriction write for all nodes.
        if (account.isEmpty()
                || account.equals("lmstudio-operator-controller")
                || account.equals("lmstudio-operator-all")) {
            return Optional.empty();
        }
        String known =
                account.startsWith(ACCOUNT_OF_A_MACHINE) ? account.substring(ACCOUNT_OF_A_MACHINE.length()) : tokenNode;
        return known.equals(node)
                ? Optional.empty()
                : Optional.of(
                        "this is the agent of node %s by lmstudio-operator.node-name, and its token is of %s: set node-name to the name that the token has, or give it the token of %s (a Pod has that of its node; deploy/enroll-node makes one for a machine outside of the cluster)"
                                .formatted(node, known.isEmpty() ? "no node" : "node " + known, node));
    }
}
