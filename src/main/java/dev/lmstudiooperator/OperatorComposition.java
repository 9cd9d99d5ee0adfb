package dev.lmstudiooperator;

import dev.lmstudiooperator.agent.ManagedModelReconciler;
import dev.lmstudiooperator.agent.TenureGate;
import dev.lmstudiooperator.api.v1alpha1.UnreadableFields;
import dev.lmstudiooperator.config.NodeIdentity;
import dev.lmstudiooperator.config.OperatorConfig;
import dev.lmstudiooperator.controller.binding.BindingReconciler;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.config.informer.FieldSelectorBuilder;
import io.javaoperatorsdk.operator.api.config.informer.InformerConfiguration;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.quarkiverse.operatorsdk.runtime.QuarkusConfigurationService;
import io.quarkiverse.operatorsdk.runtime.QuarkusControllerConfiguration;
import io.quarkus.kubernetes.client.KubernetesClientObjectMapperCustomizer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/** Puts the operator together: each role registers its reconcilers, and each of these sees only what concerns it. */
class OperatorComposition {

    private static final String NODE_NAME = "status.nodeName";
    private static final String UNBOUND = "";

    @Produces
    @Singleton
    InstantSource clock() {
        return InstantSource.system();
    }

    @Produces
    @Singleton
    KubernetesClientObjectMapperCustomizer tolerantReading() {
        return mapper -> mapper.addHandler(new UnreadableFields());
    }

    /** The registry is named, since the composite one is empty while the operator is built. */
    @Produces
    @Singleton
    @SuppressWarnings("deprecation") // Quarkus registers this Prometheus registry, not its successor.
    Metrics metrics(PrometheusMeterRegistry registry) {
        return MicrometerMetricsV2.newBuilder(registry).build();
    }

    @Produces
    @ApplicationScoped
    Operator operator(
            QuarkusConfigurationService configuration,
            OperatorConfig config,
            NodeIdentity node,
            ManagedModelReconciler agent,
            TenureGate gate,
            BindingReconciler binding) {
        Operator operator = new Operator(configuration);
        if (config.role().isAgent()) {
            operator.register(agent, selecting(configuration, agent, node.name(), gate));
        }
        if (config.role().isController()) {
            RateLimiter<?> none = configuration.getConfigurationFor(binding).getRateLimiter();
            operator.register(binding, selecting(configuration, binding, UNBOUND, none));
        }
        return operator;
    }

    /**
     * The controller's configuration with a field selector that is known at run time only. The API server filters, so
     * that an agent's cost does not grow with the cluster. Quarkus' own property for it fails for custom resources.
     */
    private static <P extends HasMetadata> ControllerConfiguration<P> selecting(
            QuarkusConfigurationService service, Reconciler<P> reconciler, String nodeName, RateLimiter<?> limiter) {
        QuarkusControllerConfiguration<P> given = service.getConfigurationFor(reconciler);
        InformerConfiguration<P> informer = InformerConfiguration.builder(given.getInformerConfig())
                .withFieldSelector(new FieldSelectorBuilder()
                        .withField(NODE_NAME, nodeName)
                        .build())
                .buildForController();
        QuarkusControllerConfiguration<P> selecting = new QuarkusControllerConfiguration<>(
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
                given.getResourceClass());
        selecting.setParent(service);
        return selecting;
    }
}
