package dev.lmstudiooperator.controller.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.ResourceAction;
import io.javaoperatorsdk.operator.processing.event.source.controller.ResourceEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests what the cache reports and announces. The test decides when a delay is over. */
class PrimaryCacheTest {

    private final Map<ResourceID, LMStudioNode> stored = new HashMap<>();
    private final List<Event> events = new ArrayList<>();
    private final Map<Duration, Runnable> delayed = new TreeMap<>();
    private final PrimaryCache<LMStudioNode> cache =
            new PrimaryCache<>("test", delay -> task -> delayed.put(delay, task));

    @BeforeEach
    void start() {
        cache.connect(new EventSourceContext<>(new Stored(), null, null, LMStudioNode.class));
        cache.setEventHandler(events::add);
        cache.start();
    }

    @Test
    void successorIsAnnouncedSeveralTimesOverHalfAMinute() {
        LMStudioNode successor = node("gpu-1", "new");
        store(successor);

        cache.announceSuccessorOf(node("gpu-1", "old"));

        assertThat(events).as("the framework would discard them").isEmpty();
        assertThat(delayed)
                .containsOnlyKeys(
                        Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(30));
        delayed.values().forEach(Runnable::run);
        assertThat(events)
                .hasSize(4)
                .containsOnly(new ResourceEvent(ResourceAction.ADDED, new ResourceID("gpu-1"), successor));
    }

    @Test
    void successorThatAppearsLaterIsAnnouncedFromThenOn() {
        cache.announceSuccessorOf(node("gpu-1", "old"));
        pass(Duration.ofSeconds(2));
        assertThat(events).isEmpty();

        store(node("gpu-1", "new"));
        pass(Duration.ofSeconds(30));

        assertThat(events).hasSize(2);
    }

    @Test
    void onlyAnObjectWithTheSameNameIsASuccessor() {
        store(node("gpu-2", "other"));

        cache.announceSuccessorOf(node("gpu-1", "old"));
        pass(Duration.ofSeconds(30));

        assertThat(events).isEmpty();
    }

    @Test
    void stoppedCacheAnnouncesNothing() {
        store(node("gpu-1", "new"));
        cache.announceSuccessorOf(node("gpu-1", "old"));

        cache.stop();
        pass(Duration.ofSeconds(30));

        assertThat(events).isEmpty();
    }

    @Test
    void listenersReceiveTheChangesOfOthersAndOwnWrites() {
        LMStudioNode first = node("gpu-1", "first");
        LMStudioNode second = node("gpu-1", "second");
        List<String> changes = new ArrayList<>();
        cache.addListener((before, after) -> changes.add(uid(before) + " to " + uid(after)));

        cache.onResourceCreated(first);
        cache.onResourceUpdated(second, first);
        cache.written(second, first);
        cache.onResourceDeleted(first);

        assertThat(changes)
                .containsExactly("nothing to first", "first to second", "second to first", "first to nothing");
    }

    @Test
    void allResourcesCanBeReconciled() {
        store(node("gpu-1", "a"));
        store(node("gpu-2", "b"));

        cache.reconcileAll();

        assertThat(events)
                .containsExactlyInAnyOrder(new Event(new ResourceID("gpu-1")), new Event(new ResourceID("gpu-2")));
    }

    @Test
    void cacheIsEmptyBeforeItStarts() {
        store(node("gpu-1", "a"));
        PrimaryCache<LMStudioNode> fresh = new PrimaryCache<>("test");
        assertEmpty(fresh);

        fresh.connect(new EventSourceContext<>(new Stored(), null, null, LMStudioNode.class));
        assertEmpty(fresh);

        fresh.start();
        assertThat(fresh.all()).hasSize(1);
        assertThat(fresh.find(new ResourceID("gpu-1"))).isPresent();
    }

    @Test
    void stoppedCacheCanStillBeRead() {
        store(node("gpu-1", "a"));

        cache.stop();

        assertThat(cache.all()).hasSize(1);
    }

    private static void assertEmpty(PrimaryCache<LMStudioNode> fresh) {

        assertThat(fresh.all()).isEmpty();
        assertThat(fresh.find(new ResourceID("gpu-1"))).isEmpty();
        assertThat(fresh.byIndex("any", "key")).isEmpty();
    }

    private static String uid(@Nullable LMStudioNode node) {
        return node == null ? "nothing" : node.getMetadata().getUid();
    }

    /** The time after the deletion. */
    private void pass(Duration time) {
        delayed.entrySet().removeIf(task -> {
            boolean isDue = task.getKey().compareTo(time) <= 0;
            if (isDue) {
                task.getValue().run();
            }
            return isDue;
        });
    }

    private void store(LMStudioNode node) {
        stored.put(ResourceID.fromResource(node), node);
    }

    private static LMStudioNode node(String name, String uid) {
        LMStudioNode node = new LMStudioNode();
        node.getMetadata().setName(name);
        node.getMetadata().setUid(uid);
        return node;
    }

    /** The cache of the framework. */
    private final class Stored implements IndexerResourceCache<LMStudioNode> {

        @Override
        public Optional<LMStudioNode> get(ResourceID id) {
            return Optional.ofNullable(stored.get(id));
        }

        @Override
        public Stream<ResourceID> keys() {
            return stored.keySet().stream();
        }

        @Override
        public Stream<LMStudioNode> list(Predicate<LMStudioNode> predicate) {
            return stored.values().stream().filter(predicate);
        }

        @Override
        public Stream<LMStudioNode> list(String namespace, Predicate<LMStudioNode> predicate) {
            return list(predicate);
        }

        @Override
        public List<LMStudioNode> byIndex(String index, String key) {
            return List.of();
        }

        @Override
        public void addIndexers(Map<String, Function<LMStudioNode, List<String>>> indexers) {}
    }
}
