package dev.lmstudiooperator.agent.lmstudionode;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.lmstudiooperator.agent.observer.Change;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.ManagedModelReference;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus.NodeInstance;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.kubernetes.EventRecorder;
import dev.lmstudiooperator.lmstudio.Backoff;
import dev.lmstudiooperator.lmstudio.LmStudioServer.ServerInfo;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the LMStudioNode of this node up to date. It creates the object, also after a deletion. Labels and owner
 * reference follow the Kubernetes Node of the same name. The status follows LM Studio. A separate thread does this, so
 * that no other thread waits for the API server.
 */
public final class NodeStatusSyncer implements AutoCloseable {

    /**
     * Configuration of the node.
     *
     * @param name the name of its LMStudioNode, and of its Kubernetes Node if there is one
     * @param labels take precedence over those of the Kubernetes Node
     * @param apiAddress where the agent itself reaches LM Studio's HTTP API
     * @param modelMemoryBytes the memory for models, in bytes; null if it is not configured
     */
    public record Settings(
            String name,
            Map<String, String> labels,
            URI apiAddress,
            @Nullable Long modelMemoryBytes) {}

    private static final Logger LOG = Logger.getLogger(NodeStatusSyncer.class);
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));

    /** Time until the next attempt if there is nothing new to report. */
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(5);

    /**
     * Minimum time between updates of the message of an unchanged failure, because the message may differ each time.
     */
    private static final Duration MESSAGE_INTERVAL = Duration.ofMinutes(1);

    private final Settings settings;
    private final Supplier<Optional<ServerInfo>> serverInfo;
    private final Supplier<Optional<Map<String, InstanceOwner>>> owners;
    private final Predicate<ManagedModelReference> isReleased;
    private final Consumer<List<NodeInstance>> orphans;
    private final BooleanSupplier mayWrite;
    private final SteadyClock clock;
    private final ObjectWatcher<LMStudioNode> node;
    private final ObjectWatcher<Node> kubernetesNode;
    private final NodeStatusApplier writer;
    private final EventRecorder events;
    private final Semaphore triggers = new Semaphore(0);
    private final Thread thread;

    private volatile @Nullable Observation lastObservation;
    private volatile boolean closed;

    // Used by the syncer thread only.
    private @Nullable Observation reported;
    private Instant reportedAt = Instant.MIN;
    private @Nullable String nodeUid;
    private boolean isKubernetesNodeGone;
    private Instant nextAttemptAt = Instant.MIN;
    private Duration pause = BACKOFF.first();
    private String loggedFailure = "";

    /**
     * @param serverInfo information about LM Studio; empty until it was collected
     * @param owners the owner of each instance, by its identifier; empty until the ManagedModels are known
     * @param isReleased whether the agent removed the finalizer of a ManagedModel and left its instance loaded
     * @param orphans receives the instances of ManagedModels that this node no longer has
     * @param mayWrite whether this process is the agent of its node
     */
    public NodeStatusSyncer(
            KubernetesClient client,
            Settings settings,
            Supplier<Optional<ServerInfo>> serverInfo,
            Supplier<Optional<Map<String, InstanceOwner>>> owners,
            Predicate<ManagedModelReference> isReleased,
            Consumer<List<NodeInstance>> orphans,
            BooleanSupplier mayWrite,
            SteadyClock clock) {
        this.settings = settings;
        this.serverInfo = serverInfo;
        this.owners = owners;
        this.isReleased = isReleased;
        this.orphans = orphans;
        this.mayWrite = mayWrite;
        this.clock = clock;
        this.node = new ObjectWatcher<>(client, LMStudioNode.class, settings.name(), triggers::release, clock);
        this.kubernetesNode = new ObjectWatcher<>(client, Node.class, settings.name(), triggers::release, clock);
        this.writer = new NodeStatusApplier(client, node, clock);
        this.events = new EventRecorder(client, settings.name());
        this.thread = Thread.ofPlatform().daemon().name("node-keeper").unstarted(this::sync);
    }

    public void start() {
        thread.start();
    }

    /** Receives the latest observation, after each poll or resync. */
    public void observed(Observation observation) {
        lastObservation = observation;
        triggers.release();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void sync() {
        try {
            while (!closed) {
                if (!clock.instant().isBefore(nextAttemptAt)) {
                    attempt();
                }
                if (triggers.tryAcquire(RETRY_INTERVAL.toMillis(), MILLISECONDS)) {
                    triggers.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            node.close();
            kubernetesNode.close();
        }
    }

    private void attempt() {
        try {
            if (mayWrite.getAsBoolean()) {
                owners.get().ifPresent(this::sync);
            }
            nextAttemptAt = Instant.MIN;
            pause = BACKOFF.first();
            loggedFailure = "";
        } catch (KubernetesClientException e) {
            backOff();
            String message = String.valueOf(e.getMessage());
            if (!message.equals(loggedFailure) && !closed) {
                LogEvent.of("Failed to update LMStudioNode; retrying")
                        .with(LogField.NODE, settings.name())
                        .with(LogField.ERROR, message)
                        .warn(LOG);
            }
            loggedFailure = message;
        } catch (RuntimeException e) {
            backOff();
            LogEvent.of("Failed to update LMStudioNode; retrying")
                    .with(LogField.NODE, settings.name())
                    .error(LOG, e);
        }
    }

    private void backOff() {
        nextAttemptAt = clock.instant().plus(pause);
        pause = BACKOFF.next(pause);
    }

    private void sync(Map<String, InstanceOwner> instanceOwners) {
        ObjectWatcher.View<Node> owner = kubernetesNode.view();
        if (!(node.view() instanceof ObjectWatcher.Known<LMStudioNode>(LMStudioNode current))
                || owner instanceof ObjectWatcher.Pending<Node>) {
            return;
        }
        Node machine = owner instanceof ObjectWatcher.Known<Node>(Node found) ? found : null;
        boolean isGone = machine == null && owner instanceof ObjectWatcher.Known<Node> && hadKubernetesNode(current);
        logKubernetesNode(isGone);
        if (isGone && current == null) {
            return;
        }
        Registered registered = isGone
                ? new Registered(requireNonNull(current), null)
                : register(Registration.of(settings, machine), current);
        // After the deletion of its Kubernetes Node, the machine is still the same machine.
        nodeUid = machine == null ? nodeUid : machine.getMetadata().getUid();
        Observation observation = observationToReport();
        ServerInfo known = serverInfo.get().orElse(null);
        if (observation != null && known != null) {
            NodeStatusFactory.Input input =
                    new NodeStatusFactory.Input(observation, known, instanceOwners, isReleased, nodeUid);
            LMStudioNodeStatus status = NodeStatusFactory.status(input, settings, registered.node(), clock.wall());
            writer.write(status, registered.node());
            NodeStatusFactory.event(
                            requireNonNullElse(registered.node().getStatus(), LMStudioNodeStatus.UNOBSERVED), status)
                    .ifPresent(event -> events.record(registered.node(), event, clock.wall()));
            orphans.accept(requireNonNullElse(status.instances(), List.<NodeInstance>of()).stream()
                    .filter(instance ->
                            instance.managedModel() != null && !instanceOwners.containsKey(instance.identifier()))
                    .toList());
        }
        if (registered.refusal() != null) {
            throw registered.refusal();
        }
    }

    /**
     * Whether there was a Kubernetes Node. The LMStudioNode is deleted with it, and is not created again without it.
     */
    private boolean hadKubernetesNode(@Nullable LMStudioNode current) {
        boolean isReported = current != null
                && current.getStatus() != null
                && current.getStatus().nodeUID() != null;
        return nodeUid != null || isReported;
    }

    private void logKubernetesNode(boolean isGone) {
        if (isGone && !isKubernetesNodeGone) {
            LogEvent.of("Kubernetes Node was deleted; the LMStudioNode is not created until the Node exists")
                    .with(LogField.NODE, settings.name())
                    .warn(LOG);
        }
        isKubernetesNodeGone = isGone;
    }

    /**
     * The current LMStudioNode.
     *
     * @param refusal why its labels or owner could not be set; null if it has them
     */
    private record Registered(LMStudioNode node, @Nullable KubernetesClientException refusal) {}

    /** If the API server refuses the labels, the agent still reports the status. */
    private Registered register(Registration wanted, @Nullable LMStudioNode current) {
        try {
            LMStudioNode registered = writer.register(wanted, current);
            if (current == null) {
                LogEvent.of("Created LMStudioNode")
                        .with(LogField.NODE, settings.name())
                        .info(LOG);
            }
            return new Registered(registered, null);
        } catch (KubernetesClientException e) {
            boolean isRefused = e.getCode() >= 400 && e.getCode() < 500;
            if (current == null || !isRefused) {
                throw e;
            }
            return new Registered(current, e);
        }
    }

    /**
     * Returns the observation to report. Ignores client activity, and limits updates of the message of an unchanged
     * failure.
     */
    private @Nullable Observation observationToReport() {
        Observation latest = lastObservation;
        Instant now = clock.instant();
        Observation last = reported;
        if (latest != null
                && (last == null
                        || !Change.between(last, latest).equals(Change.NOTHING)
                        || !now.isBefore(reportedAt.plus(MESSAGE_INTERVAL)))) {
            reported = latest;
            reportedAt = now;
        }
        return reported;
    }
}
