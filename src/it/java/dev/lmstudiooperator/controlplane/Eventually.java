package dev.lmstudiooperator.controlplane;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for a condition by polling. */
public final class Eventually {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Eventually() {}

    /**
     * Polls until the value satisfies the predicate, and returns the value. After a timeout, the error contains the
     * claim and the last value.
     */
    public static <T extends @Nullable Object> T eventually(String claim, Supplier<T> look, Predicate<? super T> isSo) {
        return eventually(claim, PATIENCE, look, isSo);
    }

    public static <T extends @Nullable Object> T eventually(
            String claim, Duration patience, Supplier<T> look, Predicate<? super T> isSo) {
        AtomicReference<@Nullable T> seen = new AtomicReference<>();
        try {
            return await().atMost(patience)
                    .pollInterval(Duration.ofMillis(50))
                    .until(
                            () -> {
                                T now = look.get();
                                seen.set(now);
                                return now;
                            },
                            isSo);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(
                    "Timed out after %s: %s. Last value:%n%s".formatted(patience, claim, describe(seen.get())), e);
        }
    }

    private static String describe(@Nullable Object seen) {
        return switch (seen) {
            case Optional<?> optional -> describe(optional.orElse(null));
            case HasMetadata resource -> Serialization.asYaml(resource);
            case null, default -> String.valueOf(seen);
        };
    }
}
