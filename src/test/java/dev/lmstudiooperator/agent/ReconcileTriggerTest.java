package dev.lmstudiooperator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.lmstudiooperator.agent.observer.Change;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReconcileTriggerTest {

    private static final ManagedModel WINNER = model("team-a", "winner", "contested");
    private static final ManagedModel LOSER = model("team-b", "loser", "contested");
    private static final ManagedModel STRANGER = model("team-b", "stranger", "other");

    /** The observer can be faster than the informer. The cache of the informer throws until it has started. */
    @Test
    void changeBeforeTheStartOfTheSourcesTriggersNothing() {
        var trigger = new ReconcileTrigger();
        trigger.connect(new EventSourceContext<>(cacheThatHasNotStarted(), null, null, ManagedModel.class));

        assertThatCode(() -> trigger.reconcile(new Change.Everything())).doesNotThrowAnyException();
    }

    @Test
    void createdOrDeletedManagedModelTriggersTheOthersWithItsIdentifier() {
        List<ResourceID> triggered = new ArrayList<>();
        var trigger = new ReconcileTrigger();
        ReconcileTrigger.ManagedModelEventSource events =
                trigger.connect(new EventSourceContext<>(cacheOf(LOSER, STRANGER), null, null, ManagedModel.class));
        events.setEventHandler(event -> triggered.add(event.getRelatedCustomResourceID()));
        events.start();

        events.onResourceDeleted(WINNER);
        assertThat(triggered).containsExactly(new ResourceID("loser", "team-b"));

        events.onResourceCreated(WINNER);
        assertThat(triggered).hasSize(2);
    }

    /** The ManagedModel whose load created a copy must unload it, because no ManagedModel names a copy. */
    @Test
    void secondCopyTriggersTheManagedModelsThatNameItsOriginal() {
        List<ResourceID> triggered = new ArrayList<>();
        var trigger = new ReconcileTrigger();
        ReconcileTrigger.ManagedModelEventSource events =
                trigger.connect(new EventSourceContext<>(cacheOf(WINNER, STRANGER), null, null, ManagedModel.class));
        events.setEventHandler(event -> triggered.add(event.getRelatedCustomResourceID()));
        events.start();

        trigger.reconcile(new Change.Identifiers(Set.of("contested:2"), false));

        assertThat(triggered).containsExactly(new ResourceID("winner", "team-a"));
    }

    private static ManagedModel model(String namespace, String name, String identifier) {
        return Serialization.unmarshal("""
                metadata: {namespace: %s, name: %s}
                spec: {model: qwen, identifier: %s}
                """.formatted(namespace, name, identifier), ManagedModel.class);
    }

    private static IndexerResourceCache<ManagedModel> cacheOf(ManagedModel... models) {
        return cache(() -> Stream.of(models));
    }

    private static IndexerResourceCache<ManagedModel> cacheThatHasNotStarted() {
        return cache(() -> {
            throw new NullPointerException("no cache yet");
        });
    }

    /** The index can be queried before the cache exists. */
    @SuppressWarnings("unchecked")
    private static IndexerResourceCache<ManagedModel> cache(Supplier<Stream<ManagedModel>> list) {
        return (IndexerResourceCache<ManagedModel>) Proxy.newProxyInstance(
                ReconcileTriggerTest.class.getClassLoader(),
                new Class<?>[] {IndexerResourceCache.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "addIndexer" -> proxy;
                    case "byIndex" ->
                        list.get()
                                .filter(model -> Desired.identifier(model).equals(arguments[1]))
                                .toList();
                    default -> list.get();
                });
    }
}
