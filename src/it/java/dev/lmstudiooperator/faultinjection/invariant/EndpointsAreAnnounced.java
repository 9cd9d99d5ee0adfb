package dev.lmstudiooperator.faultinjection.invariant;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An endpoint is ready only while the condition {@code Published} of its ManagedModel is true, because the agent may unload
 * the instance when it is not. No write makes an endpoint ready whose ManagedModel is not Available.
 */
final class EndpointsAreAnnounced implements Invariant {

    /** The controller may write what it decided just before the ManagedModel changed. */
    private static final Duration DELAY = Duration.ofSeconds(5);

    @Override
    public Stream<String> violations(Evidence evidence) {
        Map<String, Version> models = new HashMap<>();
        Map<String, Instant> unavailableSince = new HashMap<>();
        Map<String, Version> slices = new HashMap<>();
        List<String> violations = new ArrayList<>();
        for (Version version : evidence.versions()) {
            String uid = version.uid();
            if (version.object() instanceof ManagedModel) {
                models.remove(uid);
                if (version.isAvailable()) {
                    unavailableSince.remove(uid);
                } else {
                    unavailableSince.putIfAbsent(uid, version.at());
                }
                if (!version.isDeleted()) {
                    models.put(uid, version);
                    slices.values().stream()
                            .filter(slice -> ready(slice).contains(uid) && !version.isTrue("Published"))
                            .map(slice -> describe(slice, version, "Published"))
                            .forEach(violations::add);
                }
            } else if (version.object() instanceof EndpointSlice && OtherSlicesAreLeftAlone.isOwn(version)) {
                Version before = slices.remove(uid);
                Set<String> readyBefore = before == null ? Set.of() : ready(before);
                if (!version.isDeleted()) {
                    slices.put(uid, version);
                    List<Version> targets = ready(version).stream()
                            .map(models::get)
                            .filter(Objects::nonNull)
                            .toList();
                    targets.stream()
                            .filter(model -> !model.isTrue("Published"))
                            .map(model -> describe(version, model, "Published"))
                            .forEach(violations::add);
                    targets.stream()
                            .filter(model -> !readyBefore.contains(model.uid())
                                    && unavailableSince
                                            .getOrDefault(model.uid(), version.at())
                                            .plus(DELAY)
                                            .isBefore(version.at()))
                            .map(model -> describe(version, model, "Available"))
                            .forEach(violations::add);
                }
            }
        }
        return violations.stream();
    }

    private static String describe(Version slice, Version model, String condition) {
        return "%s has a ready endpoint of %s, which is not %s".formatted(slice, model, condition);
    }

    /** The UIDs of the ManagedModels with a ready endpoint. */
    private static Set<String> ready(Version slice) {
        return Stream.ofNullable(((EndpointSlice) slice.object()).getEndpoints())
                .flatMap(List::stream)
                .filter(endpoint -> Boolean.TRUE.equals(endpoint.getConditions().getReady()))
                .map(Endpoint::getTargetRef)
                .filter(Objects::nonNull)
                .map(target -> target.getUid())
                .collect(Collectors.toSet());
    }
}
