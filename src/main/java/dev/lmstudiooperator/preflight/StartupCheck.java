package dev.lmstudiooperator.preflight;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** Startup check that passes once the bootstrap has begun, even if it then waits. A restart would not help. */
@Startup
@ApplicationScoped
class StartupCheck implements HealthCheck {

    private final OperatorBootstrap start;

    StartupCheck(OperatorBootstrap start) {
        this.start = start;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("The operator has started")
                .status(start.hasBegun())
                .build();
    }
}
