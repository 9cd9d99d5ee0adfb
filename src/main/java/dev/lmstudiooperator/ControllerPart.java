package dev.lmstudiooperator;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controller.Leadership;
import dev.lmstudiooperator.startup.Part;
import dev.lmstudiooperator.startup.Rule;
import java.util.List;

/** Stands for election as the controller of the cluster. Who does not lead is as ready as who does. */
final class ControllerPart implements Part {

    private final Leadership leadership;
    private final String namespace;

    /** @param namespace where the operator is installed */
    ControllerPart(Leadership leadership, String namespace) {
        this.leadership = leadership;
        this.namespace = namespace;
    }

    @Override
    public List<Rule> rules() {
        return rules(namespace);
    }

    static List<Rule> rules(String namespace) {
        return List.of(
                Rule.anywhere(ManagedModel.GROUP, "managedmodels", "get", "list", "watch", "patch"),
                Rule.anywhere(ManagedModel.GROUP, "managedmodels/status", "get", "patch"),
                Rule.anywhere(ManagedModel.GROUP, "lmstudionodes", "get", "list", "watch", "delete"),
                Rule.anywhere(ManagedModel.GROUP, "lmstudionodes/status", "get", "patch"),
                Rule.anywhere("", "nodes", "get"),
                Rule.anywhere("", "namespaces", "get", "list", "watch"),
                Rule.anywhere("events.k8s.io", "events", "create", "patch"),
                Rule.in(
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
