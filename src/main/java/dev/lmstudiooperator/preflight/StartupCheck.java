package dev.lmstudiooperator.preflight;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** Started once everything in this process has begun, whatever it waits for from then on: a restart would bring nothing. */
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
