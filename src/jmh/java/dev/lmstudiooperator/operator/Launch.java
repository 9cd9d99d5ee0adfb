package dev.lmstudiooperator.operator;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** Measures the time from the launch of a process until a condition holds. */
final class Launch {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Launch() {}

    /**
     * Returns milliseconds. The pause limits how often the condition is checked, because each check uses CPU that the
     * process needs.
     */
    static double millisUntil(OperatorProcess process, Duration pause, BooleanSupplier hasComeSoFar) {
        await().atMost(PATIENCE).pollInterval(pause).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("The process has ended. Its log:\n" + process.log());
            }
            return hasComeSoFar.getAsBoolean();
        });
        Instant launched = ProcessHandle.of(process.pid())
                .flatMap(handle -> handle.info().startInstant())
                .orElseThrow();
        return Duration.between(launched, Instant.now()).toMillis();
    }
}
