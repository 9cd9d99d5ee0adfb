package dev.lmstudiooperator;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controller.election.LeaderElection;
import dev.lmstudiooperator.preflight.Component;
import dev.lmstudiooperator.preflight.PolicyRule;
import java.util.List;

/**
 * Takes part in the leader election for the controller. A process that does not lead is ready too.
 *
 * @param namespace where the operator is installed
 */
record ControllerComponent(LeaderElection leadership, String namespace) implements Component {

    @Override
    public List<PolicyRule> rules() {
        return rules(namespace);
    }

    static List<PolicyRule> rules(String namespace) {
        return List.of(
                PolicyRule.anywhere(ManagedModel.GROUP, "managedmodels", "get", "list", "watch", "patch"),
                PolicyRule.anywhere(ManagedModel.GROUP, "managedmodels/status", "get", "patch"),
                PolicyRule.anywhere(ManagedModel.GROUP, "lmstudionodes", "get", "list", "watch", "delete"),
                PolicyRule.anywhere(ManagedModel.GROUP, "lmstudionodes/status", "get", "patch"),
                PolicyRule.anywhere("", "nodes", "get"),
                PolicyRule.anywhere("", "namespaces", "get", "list", "watch"),
                PolicyRule.anywhere("events.k8s.io", "events", "create", "patch"),
                PolicyRule.in(
                        namespace,
                        "coordination.k8s.io",
                        "leases",
                        "get",
                        "create",
                        "update",
                        "patch",
                        "list",
                        "watch"));
    }

    @Override
    public void start() {
        leadership.start();
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public boolean isAlive() {
        return leadership.isStanding();
    }

    @Override
    public void stop() {
        leadership.close();
    }
}
