package dev.lmstudiooperator.operator;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** How long after its launch a process has come so far. */
final class Launch {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private Launch() {}

    /** In milliseconds. It is asked so often: what the answer costs, the process cannot use otherwise. */
    static double millisUntil(OperatorProcess process, Duration pause, BooleanSupplier hasComeSoFar) {
        await().atMost(PATIENCE).pollInterval(pause).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("It has ended. Its log:\n" + process.log());
            }
            return hasComeSoFar.getAsBoolean();
        });
        Instant launched = ProcessHandle.of(process.pid())
                .flatMap(handle -> handle.info().startInstant())
                .orElseThrow();
        return Duration.between(launched, Instant.now()).toMillis();
    }
}
