package dev.lmstudiooperator.controller.endpointslice;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controller.cache.ManagedModelCache;
import dev.lmstudiooperator.controller.endpointslice.EndpointPlan.Candidate;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import dev.lmstudiooperator.metrics.ServiceEndpoints;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the condition {@code Published} of ManagedModels equal to what the EndpointSlices of all Services say. Agents rely on
 * it: the condition is {@code True} before the first slice has the endpoint, and {@code False} only after no slice has it.
 */
final class PublicationReconciler {

    private static final Logger LOG = Logger.getLogger(PublicationReconciler.class);

    private static final int STRIPES = 64;

    /**
     * A ManagedModel that a Service selects.
     *
     * @param obstacle why the Service sends no requests to it; null if it does
     */
    private record Entry(ResourceID model, @Nullable String obstacle) {}

    private final ManagedModelCache models;
    private final PublishedCondition condition;

    /** Whether the slices of a Service in this namespace are not known yet. */
    private final Predicate<String> isIncomplete;

    /** The last known state of the slices, by Service and by UID of the ManagedModel. */
    private final Map<ResourceID, Map<String, Entry>> services = new ConcurrentHashMap<>();

    /** What {@link #afterWrite} has not reported yet, by Service, because a write failed. */
    private final Map<ResourceID, Map<String, Entry>> unreported = new ConcurrentHashMap<>();

    /** The condition of a ManagedModel is written by one thread at a time. */
    private final List<Object> locks =
            IntStream.range(0, STRIPES).mapToObj(i -> new Object()).toList();

    PublicationReconciler(ManagedModelCache models, PublishedCondition condition, Predicate<String> isIncomplete) {
        this.models = models;
        this.condition = condition;
        this.isIncomplete = isIncomplete;
    }

    /**
     * Reports the ManagedModels that the Service is about to publish. Fails if one of them has changed since it was read:
     * its agent may have begun to drain it.
     */
    void beforeWrite(ResourceID service, List<Candidate> candidates) {
        candidates.stream().filter(Candidate::isPublished).forEach(candidate -> {
            String uid = candidate.model().getMetadata().getUid();
            services.computeIfAbsent(service, key -> new ConcurrentHashMap<>()).put(uid, entry(candidate));
            synchronized (lock(uid)) {
                condition.announce(candidate.model(), publishers(uid));
            }
        });
    }

    /**
     * Reports what the slices of the Service say now. The Service may be gone. After a failure, the next call reports the
     * rest.
     */
    void afterWrite(ResourceID service, List<Candidate> candidates) {
        Map<String, Entry> after = new ConcurrentHashMap<>();
        candidates.forEach(
                candidate -> after.put(candidate.model().getMetadata().getUid(), entry(candidate)));
        Map<String, Entry> before = after.isEmpty() ? services.remove(service) : services.put(service, after);
        Map<String, Entry> concerned = unreported.computeIfAbsent(service, key -> new HashMap<>());
        concerned.putAll(before == null ? Map.of() : before);
        concerned.putAll(after);
        concerned.forEach((uid, entry) -> report(uid, entry.model()));
        unreported.remove(service);
    }

    /** Counts the ManagedModels that the Service selects, and those that its slices contained after the last write. */
    ServiceEndpoints endpoints(ResourceID service) {
        Collection<Entry> selected = services.getOrDefault(service, Map.of()).values();
        long ready = selected.stream().filter(entry -> entry.obstacle() == null).count();
        return new ServiceEndpoints(
                service.getNamespace().orElse(""), service.getName(), selected.size(), Math.toIntExact(ready));
    }

    /**
     * Reports all ManagedModels again, and removes the condition from those that no Service selects. A failed write is
     * repeated with the next call.
     */
    void reportAll() {
        models.all().toList().forEach(model -> {
            try {
                report(model.getMetadata().getUid(), ResourceID.fromResource(model));
            } catch (KubernetesClientException e) {
                LogEvent.of("Failed to write the condition Published")
                        .about(model)
                        .with(LogField.ERROR, e.getMessage())
                        .warn(LOG);
            }
        });
    }

    private void report(String uid, ResourceID id) {
        Optional<ManagedModel> model =
                models.find(id).filter(found -> uid.equals(found.getMetadata().getUid()));
        if (model.isEmpty()) {
            condition.forget(uid);
            return;
        }
        synchronized (lock(uid)) {
            List<String> publishers = publishers(uid);
            Optional<String> obstacle = obstacle(uid);
            if (!publishers.isEmpty()) {
                condition.publishAgain(model.get(), publishers);
            } else if (isIncomplete.test(id.getNamespace().orElse(""))) {
                return;
            } else if (obstacle.isPresent()) {
                condition.withdraw(model.get(), obstacle.get());
            } else {
                condition.remove(model.get());
            }
        }
    }

    /** The names of the Services that send requests to the ManagedModel. */
    private List<String> publishers(String uid) {
        Map<String, Entry> publishing = new TreeMap<>();
        services.forEach((service, entries) -> Optional.ofNullable(entries.get(uid))
                .filter(entry -> entry.obstacle() == null)
                .ifPresent(entry -> publishing.put(service.getName(), entry)));
        return List.copyOf(publishing.keySet());
    }

    /** Why the first of the Services that select the ManagedModel sends no requests to it; empty if none selects it. */
    private Optional<String> obstacle(String uid) {
        Map<String, String> obstacles = new TreeMap<>();
        services.forEach((service, entries) -> Optional.ofNullable(entries.get(uid))
                .map(Entry::obstacle)
                .ifPresent(obstacle -> obstacles.put(service.getName(), obstacle)));
        return obstacles.values().stream().findFirst();
    }

    private static Entry entry(Candidate candidate) {
        return new Entry(ResourceID.fromResource(candidate.model()), candidate.obstacle());
    }

    private Object lock(String uid) {
        return locks.get(Math.floorMod(uid.hashCode(), STRIPES));
    }
}
