package dev.lmstudiooperator;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.preflight.Component;
import dev.lmstudiooperator.preflight.PolicyRule;
import io.javaoperatorsdk.operator.Operator;
import java.util.List;

/**
 * Reconciles the ManagedModels of this node.
 *
 * @param namespace where the operator is installed
 */
record AgentComponent(Operator operator, String namespace) implements Component {

    @Override
    public List<PolicyRule> rules() {
        return rules(namespace);
    }

    static List<PolicyRule> rules(String namespace) {
        return List.of(
                PolicyRule.anywhere(ManagedModel.GROUP, "managedmodels", "get", "list", "watch", "patch"),
                PolicyRule.anywhere(ManagedModel.GROUP, "managedmodels/status", "get", "patch"),
                PolicyRule.anywhere(ManagedModel.GROUP, "lmstudionodes", "get", "list", "watch", "create", "patch"),
                PolicyRule.anywhere(ManagedModel.GROUP, "lmstudionodes/status", "get", "patch"),
                PolicyRule.anywhere("", "nodes", "get", "list", "watch"),
                PolicyRule.anywhere("events.k8s.io", "events", "create", "patch"),
                PolicyRule.in(namespace, "coordination.k8s.io", "leases", "get", "create", "update", "patch"));
    }

    @Override
    public void start() {
        operator.start();
    }

    @Override
    public boolean isReady() {
        return operator.getRuntimeInfo().isStarted();
    }

    @Override
    public void stop() {
        operator.stop();
    }
}
