package dev.lmstudiooperator.preflight;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Not ready without the API server. A watch that is cut is no reason: watches are cut all the time. It stands for the SDK's own
 * check, which knows of one role only.
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
