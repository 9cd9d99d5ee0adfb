package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.lease.NodeLeaseController;
import dev.lmstudiooperator.agent.lmstudionode.NodeStatusSyncer;
import dev.lmstudiooperator.agent.managedmodel.ManagedModelSyncer;
import dev.lmstudiooperator.agent.managedmodel.ModelStateStore;
import dev.lmstudiooperator.agent.observer.Change;
import dev.lmstudiooperator.agent.observer.Observer;
import dev.lmstudiooperator.agent.observer.ServerInfoCollector;
import dev.lmstudiooperator.agent.operation.OperationQueue;
import dev.lmstudiooperator.agent.operation.OperationResult;
import dev.lmstudiooperator.agent.operation.ServerStarter;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.verification.Verifier;
import dev.lmstudiooperator.clock.ClockWatch;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioCli.Operation;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.cli.LmsCli;
import dev.lmstudiooperator.lmstudio.cli.OrphanedProcesses;
import dev.lmstudiooperator.lmstudio.http.LmStudioHttp;
import dev.lmstudiooperator.lmstudio.http.LocalServerInfo;
import dev.lmstudiooperator.lmstudio.resilience.ResilientCli;
import dev.lmstudiooperator.logging.LogEvent;
import dev.lmstudiooperator.logging.LogField;
import dev.lmstudiooperator.metrics.AgentMetrics;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The agent of this node: wires the components that observe and change its LM Studio, and starts and stops them. On
 * shutdown, the agent unloads nothing.
 */
@ApplicationScoped
public class AgentRuntime implements OperationQueue.Listener, Observer.Listener {

    private static final Logger LOG = Logger.getLogger(AgentRuntime.class);

    private static final Duration DELAY_LOG_INTERVAL = Duration.ofMinutes(10);

    private final AgentSettings settings;
    private final NodeLeaseController nodeLease;
    private final ReconcileTrigger trigger;
    private final AgentMetrics metrics;
    private final SteadyClock clock;
    private final ModelStateStore states = new ModelStateStore();
    private final ConnectivityLogger connectivity = new ConnectivityLogger();
    private final UnmanagedInstanceLogger unmanagedInstances = new UnmanagedInstanceLogger();

    /** Runs at most one request at a time per ManagedModel, and a few for LM Studio itself. */
    private final ExecutorService executor = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("probe-", 1).factory());

    private final ResilientCli cli;
    private final LmStudioHttp api;
    private final @Nullable ServerStarter serverStarter;
    private final ServerInfoCollector serverInfo;
    private final Observer observer;
    private final OperationQueue operations;
    private final ManagedModelSyncer syncer;
    private final OrphanedInstances orphans;
    private final NodeStatusSyncer nodeStatus;
    private final ClockWatch clockWatch;
    private volatile boolean hasAnswered;

    // Used by the observer thread only.
    private Instant delayLoggedAt = Instant.MIN;

    AgentRuntime(
            AgentSettings settings,
            NodeLeaseController nodeLease,
            ReconcileTrigger trigger,
            AgentMetrics metrics,
            KubernetesClient client,
            SteadyClock clock) {
        this.settings = settings;
        this.nodeLease = nodeLease;
        this.trigger = trigger;
        this.metrics = metrics;
        this.clock = clock;
        this.cli = new ResilientCli(new LmsCli(settings.lms()), settings.guard(), this::executed, clock);
        this.api = new LmStudioHttp(settings.http());
        this.serverStarter = settings.serverToStart()
                .map(address -> new ServerStarter(cli, address, () -> observer().resync(), executor, clock))
                .orElse(null);
        LmStudioApi announcingApi = serverStarter == null ? api : serverStarter.announcing(api);
        this.serverInfo = new ServerInfoCollector(
                cli,
                new LocalServerInfo(settings.http(), settings.lms().apiServerInfoPath()),
                settings.observer(),
                executor,
                clock);
        this.observer = new Observer(cli, announcingApi, clock, settings.observer(), this);
        this.operations = new OperationQueue(cli, announcingApi, observer, clock, this);
        this.syncer = new ManagedModelSyncer(
                states,
                operations,
                observer,
                trigger,
                new ProbeRunner(
                        observer,
                        new Verifier(announcingApi, clock),
                        announcingApi,
                        states,
                        clock,
                        executor,
                        metrics,
                        this::reconcile),
                nodeLease::leaseStatus,
                settings.retryBackoff(),
                settings.lms().deadlines().load(),
                settings.withdrawalTimeout(),
                clock);
        this.orphans = new OrphanedInstances(syncer, client, clock);
        this.nodeStatus = new NodeStatusSyncer(
                client,
                settings.node(),
                serverInfo::found,
                trigger::owners,
                orphans::isReleased,
                orphans::unload,
                () -> nodeLease.leaseStatus().isHeld(),
                clock);
        this.clockWatch = new ClockWatch(clock, this::reconcileAll);
    }

    /** Starts the agent if this process has its role. */
    public void start() {
        if (settings.isAgent()) {
            nodeStatus.start();
            nodeLease.begin(this::observe, this::reconcileAll);
        }
    }

    /**
     * Starts observation, as soon as no other process on this machine is the agent. First terminates the {@code lms}
     * calls of an earlier agent, because they could still change LM Studio.
     */
    private void observe() {
        for (OrphanedProcesses.Survivor survivor : new OrphanedProcesses(settings.lms()).end()) {
            LogEvent.of("Terminating an lms process that an earlier agent started")
                    .with(LogField.PID, survivor.pid())
                    .with(LogField.SUCCESS, survivor.ended())
                    .with(LogField.COMMAND, survivor.commandLine())
                    .warn(LOG);
        }
        metrics.instances(
                () -> instanceCounts().active(), () -> instanceCounts().unmanaged(), () -> instanceCounts()
                        .duplicates());
        metrics.instanceActivity(observer::current);
        metrics.lastPoll(() -> observer.pollEndedAt().map(clock::wall));
        metrics.circuitBreaker(cli::circuitBreaker);
        metrics.conditions(trigger::models);
        observer.start();
    }

    private InstanceCounts instanceCounts() {
        return InstanceCounts.of(observer.current(), trigger.identifiers());
    }

    private void reconcileAll() {
        trigger.reconcile(new Change.Everything());
    }

    @PreDestroy
    void stop() {
        nodeStatus.close();
        clockWatch.close();
        observer.close();
        executor.shutdownNow();
        api.close();
    }

    /** Whether LM Studio was observed successfully at least once since the start. */
    boolean hasAnswered() {
        return hasAnswered;
    }

    Observer observer() {
        return observer;
    }

    ManagedModelSyncer syncer() {
        return syncer;
    }

    OrphanedInstances orphans() {
        return orphans;
    }

    private void executed(Operation operation, Duration duration, @Nullable LmStudioFailure failure) {
        metrics.executed(operation, duration, failure);
        observer().ran(operation);
        if (failure != null && failure.is(InfrastructureFailure.Kind.TIMED_OUT)) {
            observer().timedOut(operation, failure);
        }
    }

    @Override
    public boolean isOperationRunning() {
        return operations.isRunning();
    }

    @Override
    public boolean isAnyLoadInterrupted() {
        return states.interruptedLoads().isAny();
    }

    @Override
    public void readDelayed() {
        metrics.readDelayed();
        Instant now = clock.instant();
        if (now.isBefore(delayLoggedAt.plus(DELAY_LOG_INTERVAL))) {
            return;
        }
        delayLoggedAt = now;
        LogEvent.of("Delaying reads of LM Studio: more than one per second was requested")
                .warn(LOG);
    }

    @Override
    public void changed(Change change) {
        connectivity.log(observer.current());
        trigger.identifiers().ifPresent(named -> unmanagedInstances.log(observer.current(), named));
        trigger.reconcile(change);
    }

    @Override
    public void observed(Observation observation) {
        if (serverStarter != null && nodeLease.leaseStatus().isHeld()) {
            serverStarter.observed(observation);
        }
        hasAnswered |= observation.loaded().isKnown();
        serverInfo.observed(observation);
        trigger.modelNames().ifPresent(metrics::keepOnly);
        nodeStatus.observed(observation);
    }

    @Override
    public void ended(ResourceID owner, OperationResult outcome) {
        states.ended(owner, outcome);
        if (outcome.operation() instanceof ModelOperation.Load load) {
            count(load.request().modelKey(), outcome);
        }
    }

    /** Does not count a load that was cancelled, or whose result could not be observed. */
    private void count(String modelKey, OperationResult outcome) {
        switch (outcome) {
            case OperationResult.Loaded loaded -> metrics.loadEnded(modelKey, true, loaded.duration());
            case OperationResult.Failed failed -> metrics.loadEnded(modelKey, false, failed.duration());
            case OperationResult.LoadedAnother another -> metrics.loadEnded(modelKey, false, another.duration());
            case OperationResult.Unclear unclear -> {}
            case OperationResult.Cancelled cancelled -> {}
            case OperationResult.Unloaded unloaded -> throw new IllegalStateException("A load does not unload");
            case OperationResult.Downloaded downloaded -> throw new IllegalStateException("A load does not download");
        }
    }

    /**
     * Triggers the ManagedModel. If it has left the node, withdraws its requests instead, so that no other ManagedModel
     * waits for it.
     */
    @Override
    public void reconcile(ResourceID owner) {
        if (trigger.isHere(owner)) {
            trigger.reconcile(owner);
        } else {
            operations.withdraw(owner, OperationQueue.Slot.MEMORY);
            operations.withdraw(owner, OperationQueue.Slot.DOWNLOAD);
        }
    }
}
