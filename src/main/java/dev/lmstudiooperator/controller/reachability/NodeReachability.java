package dev.lmstudiooperator.controller.reachability;

import dev.lmstudiooperator.api.v1alpha1.ConditionStatus;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.controller.cache.PrimaryCache;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tracks whether the LM Studio of each node that Services use answers the controller. There is one probe per node, and none
 * for other nodes.
 */
public final class NodeReachability implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(NodeReachability.class);

    private static final Duration PERIOD = Duration.ofSeconds(10);

    /**
     * What the controller knows about the address of a node.
     *
     * @param isReachable whether the address answers
     */
    public record State(NodeAddress address, boolean isReachable) {}

    private final PrimaryCache<LMStudioNode> nodes;
    private final Consumer<String> listener;
    private final ReachableCondition condition;
    private final AddressResolver resolver = new AddressResolver(InetAddress::getAllByName);
    private final Map<ResourceID, Set<String>> users = new ConcurrentHashMap<>();
    private final Map<String, TrackedNode> tracked = new ConcurrentHashMap<>();
    private final Map<String, ScheduledFuture<?>> timers = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("reachability-timer").factory());

    /** A query of the name service may block for seconds. */
    private final ExecutorService workers = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("reachability-", 1).factory());

    private final AddressProbe probe = new AddressProbe(workers);
    private volatile boolean areUsersKnown;

    /** @param listener receives the name of a node whose endpoints may have to change */
    public NodeReachability(
            KubernetesClient client, PrimaryCache<LMStudioNode> nodes, InstantSource wall, Consumer<String> listener) {
        this.nodes = nodes;
        this.listener = listener;
        this.condition = new ReachableCondition(client, wall);
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Records the nodes that a Service uses. An empty set is for a Service that uses none, or is gone. */
    public synchronized void use(ResourceID service, Set<String> names) {
        Set<String> before = names.isEmpty() ? users.remove(service) : users.put(service, Set.copyOf(names));
        names.forEach(name -> timers.computeIfAbsent(name, this::begin));
        if (before != null) {
            before.stream().filter(name -> usersOf(name).isEmpty()).forEach(this::end);
        }
    }

    /** The Services that use the node. */
    public Set<ResourceID> usersOf(String nodeName) {
        return users.entrySet().stream()
                .filter(user -> user.getValue().contains(nodeName))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    public State of(String nodeName) {
        TrackedNode known = tracked.get(nodeName);
        return known != null && Objects.equals(known.apiAddress(), apiAddress(nodeName))
                ? new State(known.address(), known.isReachable())
                : new State(new NodeAddress.Unknown(), false);
    }

    /**
     * Checks the node again if its address has changed. Removes the condition of a node that no Service uses: its last
     * probe may have ended after the last Service.
     */
    public void nodeChanged(String nodeName) {
        TrackedNode known = tracked.get(nodeName);
        if (known == null) {
            find(nodeName).filter(this::isUnused).ifPresent(node -> execute(() -> removeIfUnused(node)));
        } else if (!Objects.equals(known.apiAddress(), apiAddress(nodeName))) {
            submit(nodeName);
            listener.accept(nodeName);
        }
    }

    /** Removes the condition of nodes that no Service uses. Call this method once the users of all nodes are known. */
    public void removeUnused() {
        areUsersKnown = true;
        nodes.all().forEach(this::removeIfUnused);
    }

    private void removeIfUnused(LMStudioNode node) {
        if (isUnused(node)) {
            attempt(node.getMetadata().getName(), () -> condition.remove(node));
        }
    }

    private boolean isUnused(LMStudioNode node) {
        return areUsersKnown
                && !tracked.containsKey(node.getMetadata().getName())
                && ReachableCondition.of(node).isPresent();
    }

    private ScheduledFuture<?> begin(String nodeName) {
        tracked.put(nodeName, fresh(nodeName));
        return timer.scheduleWithFixedDelay(() -> submit(nodeName), 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The condition of an earlier leader stands until a probe contradicts it. */
    private TrackedNode fresh(String nodeName) {
        String apiAddress = apiAddress(nodeName);
        boolean wasReachable = find(nodeName)
                .flatMap(ReachableCondition::of)
                .filter(reported -> ConditionStatus.TRUE.text().equals(reported.getStatus()))
                .isPresent();
        return TrackedNode.of(
                apiAddress, apiAddress != null && wasReachable ? ProbeHistory.REACHABLE : ProbeHistory.NONE);
    }

    private void end(String nodeName) {
        ScheduledFuture<?> before = timers.remove(nodeName);
        if (before != null) {
            before.cancel(false);
        }
        tracked.remove(nodeName);
        find(nodeName).ifPresent(node -> execute(() -> removeIfUnused(node)));
    }

    private void submit(String nodeName) {
        execute(() -> check(nodeName));
    }

    private void execute(Runnable task) {
        try {
            workers.execute(task);
        } catch (RejectedExecutionException e) {
            // The controller is being closed.
        }
    }

    private void check(String nodeName) {
        String apiAddress = apiAddress(nodeName);
        TrackedNode before = update(
                nodeName,
                known -> Objects.equals(known.apiAddress(), apiAddress)
                        ? known
                        : TrackedNode.of(apiAddress, ProbeHistory.NONE));
        if (before == null || apiAddress == null) {
            return;
        }
        NodeAddress address = before.isLookupDue() || !(before.address() instanceof NodeAddress.Usable)
                ? resolver.resolve(nodeName, apiAddress, before.address())
                : before.address();
        changed(nodeName, before, update(nodeName, known -> known.resolved(address)
                .counted()));
        if (!(address instanceof NodeAddress.Usable usable)) {
            return;
        }
        var unused = probe.probe(usable).thenAcceptAsync(failure -> probed(nodeName, usable, failure), workers);
    }

    private void probed(String nodeName, NodeAddress.Usable address, Optional<String> failure) {
        TrackedNode before = tracked.get(nodeName);
        if (before == null || !before.address().equals(address)) {
            return;
        }
        TrackedNode after = update(nodeName, known -> known.probed(failure.orElse(null)));
        changed(nodeName, before, after);
        if (after != null) {
            find(nodeName).ifPresent(node -> attempt(nodeName, () -> condition.write(node, after)));
        }
    }

    private void changed(String nodeName, TrackedNode before, @Nullable TrackedNode after) {
        if (after == null) {
            return;
        }
        if (!(after.address() instanceof NodeAddress.Usable)) {
            find(nodeName).ifPresent(node -> attempt(nodeName, () -> condition.write(node, after)));
        }
        if (!Objects.equals(after.probes().isReachable(), before.probes().isReachable())) {
            LogEvent.of(after.isReachable() ? "Node address became reachable" : "Node address became unreachable")
                    .with(LogField.NODE, nodeName)
                    .with(LogField.ADDRESS, after.apiAddress())
                    .with(LogField.DETAIL, after.detail().isEmpty() ? null : after.detail())
                    .info(LOG);
        }
        if (after.differsFrom(before)) {
            listener.accept(nodeName);
        }
    }

    private @Nullable TrackedNode update(String nodeName, UnaryOperator<TrackedNode> change) {
        return tracked.computeIfPresent(nodeName, (name, known) -> change.apply(known));
    }

    /** A failed write is repeated after the next check. */
    private static void attempt(String nodeName, Runnable write) {
        try {
            write.run();
        } catch (KubernetesClientException e) {
            LogEvent.of("Failed to write the condition Reachable")
                    .with(LogField.NODE, nodeName)
                    .with(LogField.ERROR, e.getMessage())
                    .warn(LOG);
        }
    }

    private Optional<LMStudioNode> find(String nodeName) {
        return nodes.find(new ResourceID(nodeName));
    }

    private @Nullable String apiAddress(String nodeName) {
        return find(nodeName)
                .map(LMStudioNode::getStatus)
                .map(LMStudioNodeStatus::apiAddress)
                .orElse(null);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        probe.close();
        workers.shutdownNow();
    }
}
