package dev.lmstudiooperator.controller;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.metrics.ControllerMetrics;
import java.util.stream.Stream;

/** Provides the state in the controller's caches to the metrics, without requests to the API server. */
record ClusterState(ManagedModelCache models, NodeCache nodes, NodeHeartbeatMonitor vigil)
        implements ControllerMetrics.Knowledge {

    @Override
    public Stream<ManagedModel> unspokenFor() {
        return models.all()
                .filter(model ->
                        ManagedModelCache.nodeOf(model).filter(this::isHeard).isEmpty());
    }

    @Override
    public int unboundModels() {
        return models.unbound().size();
    }

    @Override
    public Stream<String> nodeNames() {
        return nodes.all().map(node -> node.getMetadata().getName());
    }

    @Override
    public boolean isHeard(String node) {
        return !vigil.isSilent(node);
    }
}
