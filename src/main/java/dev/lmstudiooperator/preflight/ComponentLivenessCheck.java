package dev.lmstudiooperator.preflight;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive while every part goes on. One that stands still is helped by a restart only. */
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
