package dev.lmstudiooperator.controller.endpointslice;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.controller.endpointslice.EndpointPlan.PlannedEndpoint;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Distributes the endpoints of a Service over EndpointSlices with the smallest number of writes. An endpoint stays in its
 * slice. New endpoints go first into slices that change anyway, then into one slice with room for all, then into new ones.
 */
final class SlicePlanner {

    /** The same limit as in Kubernetes' own controller. */
    static final int MOST_ENDPOINTS = 100;

    private static final Comparator<EndpointSlice> BY_NAME =
            Comparator.comparing(slice -> slice.getMetadata().getName());

    /** The writes that turn the existing slices into the planned ones. */
    record Writes(List<EndpointSlice> creates, List<EndpointSlice> updates, List<EndpointSlice> deletes) {

        boolean isEmpty() {
            return creates.isEmpty() && updates.isEmpty() && deletes.isEmpty();
        }
    }

    /** A slice while endpoints are distributed. */
    private static final class Draft {

        private final EndpointSlice existing;
        private final List<Endpoint> endpoints = new ArrayList<>();
        private boolean isChanged;

        Draft(EndpointSlice existing) {
            this.existing = existing;
        }

        int room() {
            return MOST_ENDPOINTS - endpoints.size();
        }

        void add(Endpoint endpoint) {
            endpoints.add(endpoint);
            isChanged = true;
        }
    }

    private SlicePlanner() {}

    /**
     * @param existing the slices of the Service that this operator manages
     */
    static Writes plan(Service service, List<PlannedEndpoint> planned, List<EndpointSlice> existing) {
        SliceFactory factory = new SliceFactory(service);
        Map<SliceKey, Map<String, Endpoint>> wanted = new LinkedHashMap<>();
        planned.forEach(endpoint -> wanted.computeIfAbsent(endpoint.key(), key -> new TreeMap<>())
                .put(target(endpoint.endpoint()), endpoint.endpoint()));
        Map<SliceKey, List<EndpointSlice>> present = new LinkedHashMap<>();
        Writes writes = new Writes(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Set<String> names = new HashSet<>();
        existing.stream().sorted(BY_NAME).forEach(slice -> {
            names.add(slice.getMetadata().getName());
            Optional<SliceKey> key = SliceKey.of(slice).filter(wanted::containsKey);
            key.ifPresentOrElse(
                    found -> present.computeIfAbsent(found, any -> new ArrayList<>())
                            .add(slice),
                    () -> writes.deletes().add(slice));
        });
        wanted.forEach((key, endpoints) ->
                distribute(factory, key, endpoints, present.getOrDefault(key, List.of()), names, writes));
        return writes;
    }

    private static void distribute(
            SliceFactory factory,
            SliceKey key,
            Map<String, Endpoint> wanted,
            List<EndpointSlice> present,
            Set<String> names,
            Writes writes) {
        Map<String, Endpoint> left = new TreeMap<>(wanted);
        List<Draft> drafts =
                present.stream().map(slice -> keep(factory, slice, left)).toList();
        List<Endpoint> rest = new ArrayList<>(left.values());
        drafts.stream().filter(draft -> draft.isChanged).forEach(draft -> fill(draft, rest));
        while (!rest.isEmpty()) {
            Optional<Draft> fitting = drafts.stream()
                    .filter(draft -> !draft.isChanged && draft.room() >= rest.size())
                    .min(Comparator.comparingInt(Draft::room));
            if (fitting.isPresent()) {
                fill(fitting.get(), rest);
            } else {
                List<Endpoint> some = rest.subList(0, Math.min(MOST_ENDPOINTS, rest.size()));
                writes.creates().add(factory.create(key, List.copyOf(some), names));
                some.clear();
            }
        }
        for (Draft draft : drafts) {
            if (draft.endpoints.isEmpty()) {
                writes.deletes().add(draft.existing);
            } else if (draft.isChanged) {
                writes.updates().add(factory.update(draft.existing, draft.endpoints));
            }
        }
    }

    /** Keeps the endpoints of the slice that are wanted, and removes them from {@code left}. */
    private static Draft keep(SliceFactory factory, EndpointSlice slice, Map<String, Endpoint> left) {
        Draft draft = new Draft(slice);
        for (Endpoint before : endpoints(slice)) {
            Endpoint after = draft.room() == 0 ? null : left.remove(target(before));
            if (after != null) {
                draft.endpoints.add(after);
            }
        }
        draft.isChanged = !draft.endpoints.equals(endpoints(slice)) || factory.isOutdated(slice);
        return draft;
    }

    private static void fill(Draft draft, List<Endpoint> rest) {
        while (draft.room() > 0 && !rest.isEmpty()) {
            draft.add(rest.removeFirst());
        }
    }

    /** UIDs of the ManagedModels that a slice contains. */
    static List<String> targets(EndpointSlice slice) {
        return endpoints(slice).stream().map(SlicePlanner::target).toList();
    }

    private static List<Endpoint> endpoints(EndpointSlice slice) {
        return requireNonNullElse(slice.getEndpoints(), List.of());
    }

    /** The ManagedModel of an endpoint; an endpoint of another client may have none. */
    private static String target(Endpoint endpoint) {
        return endpoint.getTargetRef() == null
                ? ""
                : requireNonNullElse(endpoint.getTargetRef().getUid(), "");
    }
}
