package dev.lmstudiooperator.startup;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** Started once everything in this process has begun, whatever it waits for from then on: a restart would bring nothing. */
@Startup
@ApplicationScoped
class StartHealth implements HealthCheck {

    private final OperatorStart start;

    StartHealth(OperatorStart start) {
        this.start = start;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("The operator has started")
                .status(start.hasBegun())
                .build();
    }
}
