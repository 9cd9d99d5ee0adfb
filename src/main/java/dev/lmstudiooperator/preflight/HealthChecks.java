package dev.lmstudiooperator.preflight;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** The health checks of the process. They replace the check of the SDK, which supports only one role. */
class HealthChecks {

    /** Passes once the bootstrap has begun, even if it then waits. A restart would not help. */
    @Produces
    @Singleton
    @Startup
    HealthCheck started(OperatorBootstrap operator) {
        return () -> HealthCheckResponse.named("The operator has started")
                .status(operator.hasBegun())
                .build();
    }

    /** Fails without the API server. An interrupted watch does not affect readiness, because watches end regularly. */
    @Produces
    @Singleton
    @Readiness
    HealthCheck ready(OperatorBootstrap operator) {
        return () -> HealthCheckResponse.named("The API server serves ManagedModels")
                .status(operator.isReady())
                .build();
    }

    /** Passes while every component makes progress. Only a restart helps a blocked component. */
    @Produces
    @Singleton
    @Liveness
    HealthCheck alive(OperatorBootstrap operator) {
        return () -> HealthCheckResponse.named("The operator is alive")
                .status(operator.isAlive())
                .build();
    }
}
