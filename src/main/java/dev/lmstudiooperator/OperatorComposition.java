package dev.lmstudiooperator;

import dev.lmstudiooperator.agent.LeaseRateLimiter;
import dev.lmstudiooperator.agent.ManagedModelReconciler;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.config.NodeIdentity;
import dev.lmstudiooperator.config.OperatorConfig;
import dev.lmstudiooperator.controller.ClusterController;
import dev.lmstudiooperator.controller.election.LeaderElection;
import dev.lmstudiooperator.kubernetes.LenientDeserialization;
import dev.lmstudiooperator.kubernetes.RecordResourceCloner;
import dev.lmstudiooperator.metrics.ControllerMetrics;
import dev.lmstudiooperator.preflight.Component;
import dev.lmstudiooperator.preflight.PolicyRule;
import dev.lmstudiooperator.preflight.ProcessDefinition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationService;
import io.javaoperatorsdk.operator.api.config.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.config.informer.FieldSelectorBuilder;
import io.javaoperatorsdk.operator.api.config.informer.InformerConfiguration;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.quarkiverse.operatorsdk.runtime.QuarkusConfigurationService;
import io.quarkiverse.operatorsdk.runtime.QuarkusControllerConfiguration;
import io.quarkus.kubernetes.client.KubernetesClientObjectMapperCustomizer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Composes the operator: each role registers its reconcilers, and each reconciler sees only its own resources. */
class OperatorComposition {

    private static final String NODE_NAME = "status.nodeName";
    private static final String LEASES = "coordination.k8s.io";
    private static final String ENDPOINT_SLICES = "discovery.k8s.io";

    private static final String[] VERBS_OF_THE_CONTROLLER = {
        "get", "list", "watch", "create", "update", "patch", "delete"
    };

    @Produces
    @Singleton
    SteadyClock clock() {
        return SteadyClock.ofThisMachine();
    }

    @Produces
    @Singleton
    KubernetesClientObjectMapperCustomizer tolerantReading() {
        return mapper -> mapper.addHandler(new LenientDeserialization());
    }

    /** Names the registry, because the composite registry is empty while the operator is built. */
    @Produces
    @Singleton
    @SuppressWarnings("deprecation") // Quarkus registers this Prometheus registry, not its successor.
    Metrics metrics(PrometheusMeterRegistry registry) {
        return MicrometerMetricsV2.newBuilder(registry).build();
    }

    /**
     * The operator of the agent. The controller creates its own when this process becomes leader. Quarkus closes the
     * client last.
     */
    @Produces
    @ApplicationScoped
    Operator operator(
            QuarkusConfigurationService configuration,
            KubernetesClient client,
            NodeIdentity node,
            ManagedModelReconciler reconciler,
            LeaseRateLimiter rateLimiter) {
        ConfigurationService service = ConfigurationService.newOverriddenConfigurationService(
                configuration, settings -> settings.withResourceCloner(
                                new RecordResourceCloner(client.getKubernetesSerialization())::copy)
                        .withKubernetesClient(client)
                        .withCloseClientOnStop(false));
        Operator operator = new Operator(service);
        operator.register(
                reconciler,
                selecting(configuration.getConfigurationFor(reconciler), service, node.name(), rateLimiter));
        return operator;
    }

    @Produces
    @Singleton
    ProcessDefinition process(
            OperatorConfig config,
            Operator agent,
            KubernetesClient client,
            Metrics metrics,
            ControllerMetrics controllerMetrics,
            SteadyClock clock,
            NodeIdentity node) {
        List<Component> components = new ArrayList<>();
        if (config.role().isAgent()) {
            components.add(new Component(
                    agentRules(config.namespace()),
                    agent::start,
                    () -> agent.getRuntimeInfo().isStarted(),
                    () -> true,
                    agent::stop));
        }
        if (config.role().isController()) {
            LeaderElection election = LeaderElection.of(
                    client,
                    config.namespace(),
                    "%s-%s".formatted(node.name(), UUID.randomUUID()),
                    clock,
                    () -> ClusterController.open(client, metrics, controllerMetrics, config.namespace(), clock));
            controllerMetrics.leader(election::isLeading);
            // A process that does not lead is ready too.
            components.add(new Component(
                    controllerRules(config.namespace()),
                    election::start,
                    () -> true,
                    election::isRunning,
                    election::close));
        }
        return new ProcessDefinition(config.namespace(), node.name(), components);
    }

    static List<PolicyRule> agentRules(String namespace) {
        return List.of(
                PolicyRule.anywhere(ManagedModel.GROUP, "managedmodels", "get", "list", "watch", "patch"),
                PolicyRule.anywhere(ManagedModel.GROUP, "managedmodels/status", "get", "patch"),
                PolicyRule.anywhere(ManagedModel.GROUP, "lmstudionodes", "get", "list", "watch", "create", "patch"),
                PolicyRule.anywhere(ManagedModel.GROUP, "lmstudionodes/status", "get", "patch"),
                PolicyRule.anywhere("", "nodes", "get", "list", "watch"),
                PolicyRule.anywhere("events.k8s.io", "events", "create", "patch"),
                PolicyRule.in(namespace, LEASES, "leases", "get", "create", "update", "patch"));
    }

    static List<PolicyRule> controllerRules(String namespace) {
        return List.of(
                PolicyRule.anywhere(ManagedModel.GROUP, "managedmodels", VERBS_OF_THE_CONTROLLER),
                PolicyRule.anywhere(ManagedModel.GROUP, "managedmodels/status", "get", "patch"),
                PolicyRule.anywhere(ManagedModel.GROUP, "managedmodelsets", "get", "list", "watch"),
                PolicyRule.anywhere(ManagedModel.GROUP, "managedmodelsets/status", "get", "patch"),
                PolicyRule.anywhere(ManagedModel.GROUP, "managedmodelsets/finalizers", "update"),
                PolicyRule.anywhere(ManagedModel.GROUP, "lmstudionodes", "get", "list", "watch", "delete"),
                PolicyRule.anywhere(ManagedModel.GROUP, "lmstudionodes/status", "get", "patch"),
                PolicyRule.anywhere("", "nodes", "get"),
                PolicyRule.anywhere("", "namespaces", "get", "list", "watch"),
                PolicyRule.anywhere("", "services", "get", "list", "watch"),
                PolicyRule.anywhere(
                        ENDPOINT_SLICES, "endpointslices", "get", "list", "watch", "create", "update", "delete"),
                PolicyRule.anywhere(ENDPOINT_SLICES, "endpointslices/restricted", "create"),
                PolicyRule.anywhere("events.k8s.io", "events", "create", "patch"),
                PolicyRule.in(namespace, LEASES, "leases", "get", "create", "update", "patch", "list", "watch"));
    }

    /**
     * The controller's configuration with a field selector that is known only at run time. The API server filters, so an
     * agent's cost does not grow with the cluster. Quarkus' own property for the selector fails for custom resources.
     */
    private static <P extends HasMetadata> ControllerConfiguration<P> selecting(
            QuarkusControllerConfiguration<P> given,
            ConfigurationService service,
            String nodeName,
            RateLimiter<?> limiter) {
        InformerConfiguration<P> informer = InformerConfiguration.builder(given.getInformerConfig())
                .withFieldSelector(new FieldSelectorBuilder()
                        .withField(NODE_NAME, nodeName)
                        .build())
                .buildForController();
        return new QuarkusControllerConfiguration<>(
                informer,
                given.getName(),
                given.isGenerationAware(),
                given.getAssociatedReconcilerClassName(),
                given.getRetry(),
                limiter,
                given.maxReconciliationInterval().orElseThrow(),
                given.getFinalizerName(),
                given.fieldManager(),
                given.getWorkflow(),
                given.getResourceTypeName(),
                given.getResourceClass()) {
            // The setter accepts only a service of Quarkus, which cannot use another resource cloner.
            @Override
            public ConfigurationService getConfigurationService() {
                return service;
            }
        };
    }
}
