package dev.lmstudiooperator.startup;

import io.fabric8.kubernetes.client.informers.impl.cache.Reflector;
import java.lang.reflect.Field;
import java.time.Duration;

/**
 * A watch whose connection died without a word hears nothing, and looks well. The client opens each watch anew after five to
 * ten minutes; we cannot be deaf for so long, and it offers no setting for it.
 */
final class ShortWatches {

    /**
     * Each watch lasts for one to two times as long. After a silent death of all connections, requests on dead connections of the
     * pool time out one after the other, up to four of them. A new object is to be seen within a minute.
     */
    static final Duration SHORTEST = Duration.ofSeconds(12);

    private ShortWatches() {}

    /** Of all informers that begin later. */
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
