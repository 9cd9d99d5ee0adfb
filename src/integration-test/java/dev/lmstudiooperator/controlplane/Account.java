package dev.lmstudiooperator.controlplane;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who asks the API server: a service account, and the node that its token is bound to.
 *
 * @param node {@code null}: the token names no node
 */
public record Account(
        String namespace, String name, @Nullable String node) {

    /** The namespace that the manifests put the operator into. */
    public static final String OPERATOR_NAMESPACE = "lmstudio-operator";

    public static Account controller() {
        return new Account(OPERATOR_NAMESPACE, "lmstudio-operator-controller", null);
    }

    public static Account agentOn(String node) {
        return new Account(OPERATOR_NAMESPACE, "lmstudio-operator-agent", node);
    }

    /** Of a machine outside of the cluster, as {@code deploy/enroll-node} makes it: no Node has its name. */
    public static Account enrolled(String machine) {
        return new Account(OPERATOR_NAMESPACE, "node." + machine, null);
    }

    /** Controller and agent in one process. */
    public static Account allOn(String node) {
        return new Account(OPERATOR_NAMESPACE, "lmstudio-operator-all", node);
    }

    public Account withoutNode() {
        return new Account(namespace, name, null);
    }

    Optional<String> boundTo() {
        return Optional.ofNullable(node);
    }

    /** What the API server calls it. */
    public String userName() {
        return "system:serviceaccount:" + namespace + ":" + name;
    }

    @Override
    public String toString() {
        return node == null ? name : name + " on " + node;
    }
}
