package dev.lmstudiooperator;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.startup.Part;
import dev.lmstudiooperator.startup.Rule;
import io.javaoperatorsdk.operator.Operator;
import java.util.List;

/** Reconciles the ManagedModels of this node. */
final class AgentPart implements Part {

    private final Operator operator;
    private final String namespace;

    /** @param namespace where the operator is installed */
    AgentPart(Operator operator, String namespace) {
        this.operator = operator;
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
                Rule.anywhere(ManagedModel.GROUP, "lmstudionodes", "get", "list", "watch", "create", "patch"),
                Rule.anywhere(ManagedModel.GROUP, "lmstudionodes/status", "get", "patch"),
                Rule.anywhere("", "nodes", "get", "list", "watch"),
                Rule.anywhere("events.k8s.io", "events", "create", "patch"),
                Rule.in(namespace, "coordination.k8s.io", "leases", "get", "create", "update", "patch"));
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
