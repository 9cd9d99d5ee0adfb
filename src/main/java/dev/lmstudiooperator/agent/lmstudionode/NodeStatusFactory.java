package dev.lmstudiooperator.agent.lmstudionode;

import static java.util.Objects.requireNonNullElse;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeSpec;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.CircuitBreaker;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.Feature;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.ManagedModelReference;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.kubernetes.EventData;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioServer.ServerInfo;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Creates the status of an LMStudioNode, and the event of its change. The same input gives the same status, so that a
 * node at rest causes no write.
 */
final class NodeStatusFactory {

    /**
     * The input for the status.
     *
     * @param owners the owner of each instance, by its identifier
     * @param isReleased whether the agent removed the finalizer of a ManagedModel and left its instance loaded
     * @param nodeUid the UID of the Kubernetes Node; null if there is none
     */
    record Input(
            Observation observation,
            ServerInfo serverInfo,
            Map<String, InstanceOwner> owners,
            Predicate<ManagedModelReference> isReleased,
            @Nullable String nodeUid) {}

    private NodeStatusFactory() {}

    /** Returns the new status for the LMStudioNode in its current state. */
    static LMStudioNodeStatus status(
            Input known, NodeStatusSyncer.Settings settings, LMStudioNode current, Instant now) {
        Observation observation = known.observation();
        LMStudioNodeStatus before = current(current);
        Inventory inventory = Inventory.of(known, settings.modelMemoryBytes(), before);
        long generation = requireNonNullElse(current.getMetadata().getGeneration(), 0L);
        return new LMStudioNodeStatus(
                generation,
                known.nodeUid(),
                known.serverInfo().cliVersion(),
                known.serverInfo().serverVersion(),
                versionsMatch(observation.loaded()),
                apiAddress(current, settings),
                feature(known.serverInfo().isJitLoading()),
                feature(known.serverInfo().wantsToken()),
                lmLink(observation, before.lmLink()),
                circuitBreaker(observation.loaded()),
                inventory.memory(),
                inventory.loadedModels(),
                inventory.instances(),
                inventory.models(),
                inventory.moreModels(),
                List.of(ready(
                        NodeReadiness.of(observation),
                        new StatusConditions.Setter(before.conditions(), generation, now))));
    }

    /** Whether the status differs from the current one. Conditions of other writers do not count. */
    static boolean hasChanged(LMStudioNodeStatus status, LMStudioNode current) {
        return !agentsPart(status).equals(agentsPart(current(current)));
    }

    /**
     * Returns the event of a change: the agent can use LM Studio, or why not. Another message with the same reason is
     * not an event.
     */
    static Optional<EventData> event(LMStudioNodeStatus before, LMStudioNodeStatus after) {
        String previous = ready(before).map(Condition::getReason).orElse("");
        return ready(after)
                .filter(ready -> !ready.getReason().equals(previous))
                .filter(ready -> !ready.getReason().equals(Reason.OBSERVING.text()))
                .map(ready -> new EventData(
                        !ready.getReason().equals(Reason.REACHABLE.text()), ready.getReason(), ready.getMessage()));
    }

    private static LMStudioNodeStatus current(LMStudioNode node) {
        return requireNonNullElse(node.getStatus(), LMStudioNodeStatus.UNOBSERVED);
    }

    private static Condition ready(NodeReadiness readiness, StatusConditions.Setter writer) {
        return writer.condition(ConditionType.READY, readiness.truth(), readiness.reason(), readiness.message());
    }

    private static @Nullable Boolean versionsMatch(Reading<List<Instance>> loaded) {
        return switch (loaded) {
            case Reading.Known<List<Instance>> known -> true;
            case Reading.Unknown<List<Instance>> unknown -> unknown.why().is(Kind.VERSION_MISMATCH) ? false : null;
        };
    }

    private static CircuitBreaker circuitBreaker(Reading<List<Instance>> loaded) {
        return loaded.failure().filter(why -> why.is(Kind.CIRCUIT_OPEN)).isPresent()
                ? CircuitBreaker.OPEN
                : CircuitBreaker.CLOSED;
    }

    private static String apiAddress(LMStudioNode current, NodeStatusSyncer.Settings settings) {
        String advertised =
                requireNonNullElse(current.getSpec(), LMStudioNodeSpec.DEFAULTS).advertisedAddress();
        return advertised == null ? settings.apiAddress().toString() : advertised;
    }

    private static @Nullable Feature feature(@Nullable Boolean isOn) {
        if (isOn == null) {
            return null;
        }
        return isOn ? Feature.ON : Feature.OFF;
    }

    private static @Nullable Feature lmLink(Observation observation, @Nullable Feature before) {
        boolean isListed =
                observation.loaded().known().stream().flatMap(List::stream).anyMatch(instance -> !instance.isLocal());
        boolean isOnDisk =
                observation.downloaded().known().stream().flatMap(List::stream).anyMatch(model -> !model.isLocal());
        if (isListed || isOnDisk) {
            return Feature.ON;
        }
        boolean isAllListed =
                observation.loaded().isKnown() && observation.downloaded().isKnown();
        return isAllListed ? Feature.OFF : before;
    }

    private static LMStudioNodeStatus agentsPart(LMStudioNodeStatus status) {
        return status.with(ready(status).stream().toList());
    }

    private static Optional<Condition> ready(LMStudioNodeStatus status) {
        return StatusConditions.find(status.conditions(), ConditionType.READY);
    }
}
