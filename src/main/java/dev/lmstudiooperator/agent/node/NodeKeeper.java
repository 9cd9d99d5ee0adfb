package dev.lmstudiooperator.agent.node;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.lmstudiooperator.agent.observe.Change;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelReference;
import dev.lmstudiooperator.api.v1alpha1.NodeInstance;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.lmstudio.Facts;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.observability.events.EventRecorder;
import dev.lmstudiooperator.observability.log.LogEvent;
import dev.lmstudiooperator.observability.log.LogField;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
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
 * Keeps the LMStudioNode of this node: creates it, also when it was deleted, lets its labels and its owner follow the
 * Kubernetes Node of the same name, and writes into its status what changes in LM Studio. It has a thread of its own: nobody
 * waits for the API server.
 */
public final class NodeKeeper implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(NodeKeeper.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** Until something is tried again though nobody has anything new to tell. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** So long the wording of a failure may be old that is still the same failure: it may be another each time. */
    private static final Duration WORDING = Duration.ofMinutes(1);

    private final NodeSettings settings;
    private final Supplier<Optional<Facts>> facts;
    private final Supplier<Optional<Map<String, InstanceOwner>>> owners;
    private final Predicate<ManagedModelReference> isReleased;
    private final Consumer<List<NodeInstance>> orphans;
    private final BooleanSupplier mayWrite;
    private final SteadyClock clock;
    private final Followed<LMStudioNode> node;
    private final Followed<Node> kubernetesNode;
    private final NodeWriter writer;
    private final EventRecorder events;
    private final Semaphore news = new Semaphore(0);
    private final Thread thread;

    private volatile @Nullable Observation seen;
    private volatile boolean closed;

    // Of the keeper's thread.
    private @Nullable Observation told;
    private Instant toldAt = Instant.MIN;
    private @Nullable String nodeUid;
    private boolean isMachineGone;
    private Instant notBefore = Instant.MIN;
    private Duration pause = FIRST_PAUSE;
    private String trouble = "";

    /**
     * @param facts what LM Studio says of itself; empty until it was asked
     * @param owners for whom each instance is kept, by its identifier; empty until the ManagedModels are known
     * @param isReleased whether the agent let a ManagedModel go and left its instance loaded on purpose
     * @param orphans takes the instances that were kept for a ManagedModel which this node no longer has
     * @param mayWrite whether this agent is the one of its node
     */
    public NodeKeeper(
            KubernetesClient client,
            NodeSettings settings,
            Supplier<Optional<Facts>> facts,
            Supplier<Optional<Map<String, InstanceOwner>>> owners,
            Predicate<ManagedModelReference> isReleased,
            Consumer<List<NodeInstance>> orphans,
            BooleanSupplier mayWrite,
            SteadyClock clock) {
        this.settings = settings;
        this.facts = facts;
        this.owners = owners;
        this.isReleased = isReleased;
        this.orphans = orphans;
        this.mayWrite = mayWrite;
        this.clock = clock;
        this.node = new Followed<>(client, LMStudioNode.class, settings.name(), news::release, clock);
        this.kubernetesNode = new Followed<>(client, Node.class, settings.name(), news::release, clock);
        this.writer = new NodeWriter(client, node::wrote, clock);
        this.events = new EventRecorder(client, settings.name(), clock::wall);
        this.thread = Thread.ofPlatform().daemon().name("node-keeper").unstarted(this::keep);
    }

    public void start() {
        thread.start();
    }

    /** What was seen of LM Studio last, after each round of looking. */
    public void looked(Observation observation) {
        seen = observation;
        news.release();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void keep() {
        try {
            while (!closed) {
                if (!clock.instant().isBefore(notBefore)) {
                    attempt();
                }
                if (news.tryAcquire(PATIENCE.toMillis(), MILLISECONDS)) {
                    news.drainPermits();
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
                owners.get().ifPresent(this::keep);
            }
            notBefore = Instant.MIN;
            pause = FIRST_PAUSE;
            trouble = "";
        } catch (KubernetesClientException e) {
            putOff();
            String message = String.valueOf(e.getMessage());
            if (!message.equals(trouble) && !closed) {
                LogEvent.of("Failed to update LMStudioNode; retrying")
                        .with(LogField.NODE, settings.name())
                        .with(LogField.ERROR, message)
                        .warn(LOG);
            }
            trouble = message;
        } catch (RuntimeException e) {
            putOff();
            LogEvent.of("Failed to update LMStudioNode; retrying")
                    .with(LogField.NODE, settings.name())
                    .error(LOG, e);
        }
    }

    private void putOff() {
        notBefore = clock.instant().plus(pause);
        Duration twice = pause.multipliedBy(2);
        pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    private void keep(Map<String, InstanceOwner> instanceOwners) {
        View<Node> owner = kubernetesNode.view();
        if (!(node.view() instanceof View.Known<LMStudioNode>(LMStudioNode standing))
                || owner instanceof View.Pending<Node>) {
            return;
        }
        Node machine = owner instanceof View.Known<Node>(Node found) ? found : null;
        boolean isGone = machine == null && owner instanceof View.Known<Node> && hadMachine(standing);
        tellOfMachine(isGone);
        if (isGone && standing == null) {
            return;
        }
        Registered registered = isGone
                ? new Registered(requireNonNull(standing), null)
                : register(Registration.of(settings, machine), standing);
        // The machine of a Kubernetes Node that was deleted meanwhile is still that machine, and no other.
        nodeUid = machine == null ? nodeUid : machine.getMetadata().getUid();
        Observation observation = toTell();
        Facts known = facts.get().orElse(null);
        if (observation != null && known != null) {
            NodeKnowledge knowledge = new NodeKnowledge(observation, known, instanceOwners, isReleased, nodeUid);
            LMStudioNodeStatus status = NodeStatusFactory.status(knowledge, settings, registered.node(), clock.wall());
            writer.write(status, registered.node());
            NodeStory.between(requireNonNullElse(registered.node().getStatus(), LMStudioNodeStatus.UNOBSERVED), status)
                    .ifPresent(news -> events.tell(registered.node(), news));
            orphans.accept(requireNonNullElse(status.instances(), List.<NodeInstance>of()).stream()
                    .filter(instance -> Boolean.TRUE.equals(instance.foreign()) && instance.managedModel() != null)
                    .toList());
        }
        if (registered.refusal() != null) {
            throw registered.refusal();
        }
    }

    /** It goes with its Kubernetes Node, and is not made anew without it. */
    private boolean hadMachine(@Nullable LMStudioNode standing) {
        boolean isTold = standing != null
                && standing.getStatus() != null
                && standing.getStatus().nodeUID() != null;
        return nodeUid != null || isTold;
    }

    private void tellOfMachine(boolean isGone) {
        if (isGone && !isMachineGone) {
            LogEvent.of("Kubernetes Node was deleted; the LMStudioNode is not created until the Node exists")
                    .with(LogField.NODE, settings.name())
                    .warn(LOG);
        }
        isMachineGone = isGone;
    }

    /**
     * The LMStudioNode as it stands.
     *
     * @param refusal why it could not be given its labels or its owner; null when it has them
     */
    private record Registered(LMStudioNode node, @Nullable KubernetesClientException refusal) {}

    /** That labels are refused keeps nobody from saying what LM Studio serves. */
    private Registered register(Registration wanted, @Nullable LMStudioNode standing) {
        try {
            return new Registered(created(wanted, standing), null);
        } catch (KubernetesClientException e) {
            boolean isRefused = e.getCode() >= 400 && e.getCode() < 500;
            if (standing == null || !isRefused) {
                throw e;
            }
            return new Registered(standing, e);
        }
    }

    private LMStudioNode created(Registration wanted, @Nullable LMStudioNode standing) {
        LMStudioNode registered = writer.register(wanted, standing);
        if (standing == null) {
            LogEvent.of("Created LMStudioNode")
                    .with(LogField.NODE, settings.name())
                    .info(LOG);
        }
        return registered;
    }

    /** What clients merely do is not told, and the wording of the same failure only now and then. */
    private @Nullable Observation toTell() {
        Observation latest = seen;
        Instant now = clock.instant();
        Observation last = told;
        if (latest != null
                && (last == null
                        || !Change.between(last, latest).equals(Change.NOTHING)
                        || !now.isBefore(toldAt.plus(WORDING)))) {
            told = latest;
            toldAt = now;
        }
        return told;
    }
}
