package dev.lmstudiooperator.agent.lease;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.NodeLease;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.config.NodeIdentity;
import dev.lmstudiooperator.config.OperatorConfig;
import dev.lmstudiooperator.kubernetes.EventData;
import dev.lmstudiooperator.kubernetes.EventRecorder;
import dev.lmstudiooperator.kubernetes.KubernetesClients;
import dev.lmstudiooperator.lease.LeaseAttempt;
import dev.lmstudiooperator.lease.LeaseFactory;
import dev.lmstudiooperator.lease.LeaseRenewer;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.quarkus.runtime.Quarkus;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Acquires and renews the node Lease, and thereby decides whether this process is the agent of its node. The process
 * becomes the agent when it has the lock of its machine and the Lease of its node. It stays the agent until another
 * agent has the Lease.
 *
 * <p>The process does not release the Lease on shutdown. The next process of this agent takes it over at once by its
 * ID. For all others, the heartbeat ends either way.
 */
@ApplicationScoped
public class NodeLeaseController {

    private static final Logger LOG = Logger.getLogger(NodeLeaseController.class);
    private static final String DUPLICATE_AGENT = "DuplicateAgent";
    private static final Duration BETWEEN_LOCK_ATTEMPTS = Duration.ofSeconds(1);

    private final OperatorConfig config;
    private final NodeIdentity node;
    private final KubernetesClient client;
    private final SteadyClock clock;
    private final StateDirectory folder;
    private final LeaseState state;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Thread thread;

    NodeLeaseController(OperatorConfig config, NodeIdentity node, KubernetesClient client, SteadyClock clock) {
        this.config = config;
        this.node = node;
        this.client = client;
        this.clock = clock;
        this.folder = new StateDirectory(
                config.stateDir().orElseGet(() -> config.lms().home().resolve(".lmstudio-operator")));
        this.state = new LeaseState(config.lease().duration(), clock);
    }

    public LeaseStatus leaseStatus() {
        return state.leaseStatus();
    }

    /**
     * Starts to acquire the lock and the Lease, and returns. A separate thread renews the Lease, however busy the agent
     * is.
     *
     * @param whenLocked called once, as soon as no other process of this machine is the agent
     * @param whenChanged called when the {@link LeaseStatus} has changed and the agent may act
     */
    public void begin(Runnable whenLocked, Runnable whenChanged) {
        thread = Thread.ofPlatform()
                .name("tenure")
                .daemon()
                .uncaughtExceptionHandler((self, e) -> endProcess(e))
                .start(() -> run(whenLocked, whenChanged));
    }

    @PreDestroy
    void end() throws IOException {
        ended.countDown();
        Thread seeking = thread;
        if (seeking != null) {
            seeking.interrupt();
        }
        folder.close();
    }

    private void run(Runnable whenLocked, Runnable whenChanged) {
        String lease = config.namespace() + "/" + NodeLease.nameFor(node.name());
        LeaseLogger logger = new LeaseLogger(lease, state.leaseStatus());
        try {
            Optional<String> holder = awaitLock(logger);
            if (holder.isPresent()) {
                whenLocked.run();
                keepLease(holder.get(), lease, logger, whenChanged);
            }
        } catch (InterruptedException e) {
            // The process is stopping.
        }
    }

    /** Returns the ID of this agent; empty if the process stops first. */
    private Optional<String> awaitLock(LeaseLogger logger) throws InterruptedException {
        do {
            StateDirectory.LockAttempt attempt = folder.tryLock();
            state.record(attempt, folder.path().toString());
            if (attempt instanceof StateDirectory.Locked locked) {
                return Optional.of(locked.holder());
            }
            logger.log(state.leaseStatus());
        } while (!isEndedWithin(BETWEEN_LOCK_ATTEMPTS));
        return Optional.empty();
    }

    private void keepLease(String holder, String lease, LeaseLogger logger, Runnable whenChanged)
            throws InterruptedException {
        Duration duration = config.lease().duration();
        try (KubernetesClient leaseClient = KubernetesClients.forLease(client, duration)) {
            LeaseRenewer syncer = LeaseRenewer.of(
                    leaseClient,
                    new LeaseFactory(
                            config.namespace(),
                            NodeLease.nameFor(node.name()),
                            Map.of(NodeLease.LABEL, ""),
                            holder,
                            duration),
                    clock);
            EventRecorder events = new EventRecorder(leaseClient, node.name());
            LeaseAttempt report;
            do {
                report = syncer.attempt();
                if (isEndedWithin(Duration.ZERO)) {
                    return;
                }
                state.record(report, lease);
                logger.log(report);
                LeaseStatus now = state.leaseStatus();
                boolean hasChanged = logger.log(now);
                if (hasChanged && now.isHeld()) {
                    notifyListener(whenChanged);
                } else if (hasChanged && now.blockedReason() != null && report instanceof LeaseAttempt.HeldByAnother) {
                    recordDuplicate(now.blockedReason(), leaseClient, events);
                }
            } while (!isEndedWithin(syncer.pauseAfter(report)));
        }
    }

    /**
     * Records an event of the LMStudioNode about a second agent. If there is no LMStudioNode, only the log reports it.
     */
    private void recordDuplicate(String what, KubernetesClient leaseClient, EventRecorder events) {
        try {
            GenericKubernetesResource found = leaseClient
                    .genericKubernetesResources(ResourceDefinitionContext.fromResourceType(LMStudioNode.class))
                    .withName(node.name())
                    .get();
            if (found != null) {
                events.record(found, new EventData(true, DUPLICATE_AGENT, what), clock.wall());
            }
        } catch (KubernetesClientException e) {
            LogEvent.of("Failed to read LMStudioNode")
                    .with(LogField.NODE, node.name())
                    .with(LogField.ERROR, e.getMessage())
                    .warn(LOG);
        }
    }

    /** Runs the listener. If it fails, renewal of the Lease continues. */
    private static void notifyListener(Runnable whenChanged) {
        try {
            whenChanged.run();
        } catch (RuntimeException e) {
            LogEvent.of("Lease listener failed").error(LOG, e);
        }
    }

    private boolean isEndedWithin(Duration time) throws InterruptedException {
        return ended.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Exits the process. Without the renewal thread, others would consider the agent lost. A restart may succeed. */
    private void endProcess(Throwable e) {
        LogEvent.of("Agent failed; exiting").error(LOG, e);
        Quarkus.asyncExit(1);
    }
}
