package dev.lmstudiooperator.startup;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready without the API server. The SDK's own check stays up when a watch is cut, since watches are cut all the time. */
@Readiness
@ApplicationScoped
class ApiServerReadiness implements HealthCheck {

    private final OperatorStart start;

    ApiServerReadiness(OperatorStart start) {
        this.start = start;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("The API server serves ManagedModels")
                .status(start.isServed())
                .build();
    }
}
