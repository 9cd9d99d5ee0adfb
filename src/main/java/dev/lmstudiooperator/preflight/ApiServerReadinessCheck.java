package dev.lmstudiooperator.preflight;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Readiness check that fails without the API server. An interrupted watch does not affect readiness, because watches end
 * regularly. It replaces the check of the SDK, which supports only one role.
 */
@Readiness
@ApplicationScoped
class ApiServerReadinessCheck implements HealthCheck {

    private final OperatorBootstrap start;

    ApiServerReadinessCheck(OperatorBootstrap start) {
        this.start = start;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("The API server serves ManagedModels")
                .status(start.isReady())
                .build();
    }
}
