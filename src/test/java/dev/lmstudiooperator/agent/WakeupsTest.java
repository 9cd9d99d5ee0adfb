package dev.lmstudiooperator.agent;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.lmstudiooperator.agent.observe.Change;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

class WakeupsTest {

    /** The observer may be faster than the informer, whose cache throws until it has started. */
    @Test
    void changeBeforeTheStartOfTheSourcesIsNobodysBusiness() {
        var wakeups = new Wakeups();
        wakeups.connect(new EventSourceContext<>(cacheThatHasNotStarted(), null, null, ManagedModel.class));

        assertThatCode(() -> wakeups.wake(new Change.Everything())).doesNotThrowAnyException();
    }

    @SuppressWarnings("unchecked")
    private static IndexerResourceCache<ManagedModel> cacheThatHasNotStarted() {
        return (IndexerResourceCache<ManagedModel>) Proxy.newProxyInstance(
                WakeupsTest.class.getClassLoader(),
                new Class<?>[] {IndexerResourceCache.class},
                (proxy, method, arguments) -> {
                    throw new NullPointerException("no cache yet");
                });
    }
}
