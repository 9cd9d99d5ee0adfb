package dev.lmstudiooperator.preflight;

import io.fabric8.kubernetes.client.informers.impl.cache.Reflector;
import java.lang.reflect.Field;
import java.time.Duration;

/**
 * Shortens the lifetime of watches. A watch on a broken connection receives no events and reports no error. The client
 * reopens each watch after five to ten minutes. That is too long for the operator, and the client offers no setting for it.
 */
final class ShortWatches {

    /**
     * A watch lasts for one to two times this duration. After a silent failure of all connections, requests on dead pooled
     * connections time out one after the other, up to four of them. The bound for observing a new object is one minute.
     */
    static final Duration SHORTEST = Duration.ofSeconds(12);

    private ShortWatches() {}

    /** Applies to all informers that start later. */
    static void use() {
        try {
            Field shortest = Reflector.class.getDeclaredField("MIN_TIMEOUT");
            shortest.setAccessible(true);
            shortest.setLong(null, SHORTEST.toSeconds());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This release of the Kubernetes client has no field for it any more", e);
        }
    }
}
