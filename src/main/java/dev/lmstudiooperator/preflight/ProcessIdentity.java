package dev.lmstudiooperator.preflight;

import java.util.Optional;

/**
 * Who this process is by its configuration.
 *
 * @param namespace where the operator is installed
 */
public record ProcessIdentity(String namespace, String node) {

    private static final String ACCOUNT_OF_A_MACHINE = "node.";

    /**
     * What keeps somebody whom the API server knows by this name from being it. The admission policies of k8s/ judge in the
     * same way, with each write.
     *
     * @param tokenNode the node that the token names; empty when it names none
     */
    Optional<String> objection(String userName, String tokenNode) {
        String accounts = "system:serviceaccount:%s:".formatted(namespace);
        String account = userName.startsWith(accounts) ? userName.substring(accounts.length()) : "";
        // Whoever is not behind the wall between nodes writes for all of them.
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
