package dev.lmstudiooperator.preflight;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Liveness check that passes while every component makes progress. Only a restart helps a blocked component. */
@Liveness
@ApplicationScoped
class ComponentLivenessCheck implements HealthCheck {

    private final OperatorBootstrap start;

    ComponentLivenessCheck(OperatorBootstrap start) {
        this.start = start;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("The operator is alive")
                .status(start.isAlive())
                .build();
    }
}
