package dev.lmstudiooperator.controlplane;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a client: a service account, and the node to which its token is bound.
 *
 * @param node {@code null} if the token is not bound to a node
 */
public record Account(
        String namespace, String name, @Nullable String node) {

    /** The namespace in which the manifests install the operator. */
    public static final String OPERATOR_NAMESPACE = "lmstudio-operator";

    public static Account controller() {
        return new Account(OPERATOR_NAMESPACE, "lmstudio-operator-controller", null);
    }

    public static Account agentOn(String node) {
        return new Account(OPERATOR_NAMESPACE, "lmstudio-operator-agent", node);
    }

    /**
     * The account of a machine outside the cluster, as {@code deploy/enroll-node} creates it. No Node has this name.
     */
    public static Account enrolled(String machine) {
        return new Account(OPERATOR_NAMESPACE, "node." + machine, null);
    }

    /** The account of a process that runs both controller and agent. */
    public static Account allOn(String node) {
        return new Account(OPERATOR_NAMESPACE, "lmstudio-operator-all", node);
    }

    public Account withoutNode() {
        return new Account(namespace, name, null);
    }

    Optional<String> boundTo() {
        return Optional.ofNullable(node);
    }

    /** Returns the user name that the API server uses. */
    public String userName() {
        return "system:serviceaccount:" + namespace + ":" + name;
    }

    @Override
    public String toString() {
        return node == null ? name : name + " on " + node;
    }
}
