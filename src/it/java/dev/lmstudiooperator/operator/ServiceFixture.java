package dev.lmstudiooperator.operator;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

/** Two nodes with fake agents and an HTTP server each, and Services of the namespace. */
final class ServiceFixture implements AutoCloseable {

    static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    final AppliedServices services;
    final HttpStandIn lmStudio = HttpStandIn.start();
    final HttpStandIn other = HttpStandIn.start();
    final FakeAgent one;
    final FakeAgent two;
    private final Cluster cluster;

    ServiceFixture(Cluster cluster) {
        this.cluster = cluster;
        this.services = new AppliedServices(cluster.admin(), cluster.models().namespace());
        this.one = FakeAgent.start(cluster.admin(), "one", "apiAddress: \"%s\"".formatted(lmStudio.url()));
        this.two = FakeAgent.start(cluster.admin(), "two", "apiAddress: \"%s\"".formatted(other.url()));
    }

    /** A ManagedModel with the label app=chat that the agent serves. */
    ManagedModel served(String name, FakeAgent agent) {
        return served(name, agent, "chat");
    }

    ManagedModel served(String name, FakeAgent agent, String app) {
        cluster.models().apply(name, "model: qwen3-4b, nodeName: " + agent.name());
        label(name, app);
        ManagedModel model = cluster.models().await(name, "is scheduled", bound -> agent.name()
                .equals(bound.getStatus().nodeName()));
        agent.serve(model);
        return model;
    }

    void label(String name, String app) {
        cluster.models().resource(name).patch(MERGE, "{\"metadata\": {\"labels\": {\"app\": \"%s\"}}}".formatted(app));
    }

    void removeAnnotation(String service) {
        services.resource(service).patch(MERGE, "{\"metadata\": {\"annotations\": null}}");
    }

    @Override
    public void close() {
        one.close();
        two.close();
        lmStudio.close();
        other.close();
        services.deleteAll();
        cluster.admin().nodes().withName("two").delete();
        ClusterCleanup.removeModelsAndNodes(cluster.admin());
    }
}
