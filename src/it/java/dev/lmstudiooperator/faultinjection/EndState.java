package dev.lmstudiooperator.faultinjection;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSetStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.InstanceStatus;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Describes the end state of a run. Equal end states have equal text: it contains no times, counters or messages, and nothing
 * that depends on the chosen nodes.
 */
final class EndState {

    private EndState() {}

    static String of(AgentTestBed testBed) {
        String models = lines(testBed.models().all(), EndState::describe);
        String instances = lines(testBed.lmStudio().instances(), SimulatedInstance::summary);
        return "ManagedModels:\n%s\nLM Studio:\n%s".formatted(models, instances);
    }

    static String of(ControllerTestBed testBed) {
        List<ManagedModel> models = testBed.models().all();
        List<ManagedModelSet> sets = testBed.sets().all();
        Set<String> uids = Stream.<HasMetadata>concat(
                        Stream.concat(models.stream(), sets.stream()), testBed.services().all().stream())
                .map(object -> object.getMetadata().getUid())
                .collect(Collectors.toSet());
        return "ManagedModelSets:\n%s\nManagedModels:\n%s\nEndpointSlices:\n%s"
                .formatted(
                        lines(sets, EndState::describe),
                        lines(models, model -> "%s owners=%s labels=%s spec=%s scheduled=%b"
                                .formatted(
                                        describe(model)
                                                .replaceFirst(
                                                        Pattern.quote(model.getMetadata()
                                                                .getName()),
                                                        nameOf(model.getMetadata()
                                                                .getName())),
                                        owners(model, uids),
                                        model.getMetadata().getLabels(),
                                        model.getSpec(),
                                        model.getStatus().nodeName() != null)),
                        lines(testBed.slices(), slice -> describe(slice, uids)));
    }

    private static <T> String lines(Collection<T> objects, Function<T, String> describe) {
        return objects.stream().map(describe).sorted().collect(Collectors.joining("\n"));
    }

    /** Names of replicas depend on the UID of their set. */
    private static String nameOf(String model) {
        return model.replaceFirst("^chat-[a-z0-9]{5}$", "chat-*");
    }

    private static String owners(HasMetadata object, Set<String> uids) {
        return requireNonNullElse(object.getMetadata().getOwnerReferences(), List.<OwnerReference>of()).stream()
                .map(owner ->
                        "%s/%s/exists=%b".formatted(owner.getKind(), owner.getName(), uids.contains(owner.getUid())))
                .toList()
                .toString();
    }

    private static String describe(ManagedModelSet set) {
        ManagedModelSetStatus status = set.getStatus();
        return "%s observed=%b desired=%d replicas=%d updated=%d updatedReady=%d ready=%d available=%d progressing=%b %s spec=%s"
                .formatted(
                        set.getMetadata().getName(),
                        Objects.equals(set.getMetadata().getGeneration(), status.observedGeneration()),
                        status.desiredReplicas(),
                        status.replicas(),
                        status.updatedReplicas(),
                        status.updatedReadyReplicas(),
                        status.readyReplicas(),
                        status.availableReplicas(),
                        status.progressTime() != null,
                        conditions(status.conditions()),
                        set.getSpec());
    }

    /** Without addresses and ports, which depend on the nodes of replicas. */
    private static String describe(EndpointSlice slice, Set<String> uids) {
        Map<String, String> labels = slice.getMetadata().getLabels();
        return "%s managed-by=%s owners=%s %s %s"
                .formatted(
                        labels.get("kubernetes.io/service-name"),
                        labels.get("endpointslice.kubernetes.io/managed-by"),
                        owners(slice, uids),
                        slice.getAddressType(),
                        requireNonNullElse(slice.getEndpoints(), List.<Endpoint>of()).stream()
                                .map(endpoint -> describe(endpoint, uids))
                                .sorted()
                                .toList());
    }

    private static String describe(Endpoint endpoint, Set<String> uids) {
        EndpointConditions conditions = endpoint.getConditions();
        return "%s ready=%b serving=%b terminating=%b"
                .formatted(
                        Optional.ofNullable(endpoint.getTargetRef())
                                .map(target -> "%s/exists=%b"
                                        .formatted(nameOf(target.getName()), uids.contains(target.getUid())))
                                .orElse(String.join(",", endpoint.getAddresses())),
                        conditions.getReady(),
                        conditions.getServing(),
                        conditions.getTerminating());
    }

    private static String describe(ManagedModel model) {
        ManagedModelStatus status = requireNonNullElse(model.getStatus(), ManagedModelStatus.UNOBSERVED);
        return "%s finalizers=%s deleted=%b generation=%d observed=%d phase=%s revision=%s instance=%s verified=%s error=%b %s"
                .formatted(
                        model.getMetadata().getName(),
                        model.getMetadata().getFinalizers(),
                        model.isMarkedForDeletion(),
                        model.getMetadata().getGeneration(),
                        status.observedGeneration(),
                        status.phase(),
                        status.loadRevision(),
                        Optional.ofNullable(status.instance())
                                .map(EndState::describe)
                                .orElse("none"),
                        Optional.ofNullable(status.verification())
                                .map(verification -> verification.result().toString())
                                .orElse("none"),
                        status.lastError() != null,
                        conditions(status.conditions()));
    }

    private static String conditions(@Nullable List<Condition> conditions) {
        return requireNonNullElse(conditions, List.<Condition>of()).stream()
                .map(condition ->
                        "%s=%s/%s".formatted(condition.getType(), condition.getStatus(), condition.getReason()))
                .sorted()
                .toList()
                .toString();
    }

    private static String describe(InstanceStatus instance) {
        return "%s/%s/%s/%s/adopted=%b"
                .formatted(
                        instance.identifier(),
                        instance.modelKey(),
                        instance.contextLength(),
                        instance.ttlSeconds(),
                        Objects.requireNonNullElse(instance.adopted(), false));
    }
}
