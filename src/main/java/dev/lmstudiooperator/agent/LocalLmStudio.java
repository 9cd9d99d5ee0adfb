package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.act.AnnouncingApi;
import dev.lmstudiooperator.agent.act.DownloadLane;
import dev.lmstudiooperator.agent.act.DownloadOutcome;
import dev.lmstudiooperator.agent.act.MutationLane;
import dev.lmstudiooperator.agent.act.Outcome;
import dev.lmstudiooperator.agent.act.Owner;
import dev.lmstudiooperator.agent.act.ServerStarter;
import dev.lmstudiooperator.agent.converge.Ledger;
import dev.lmstudiooperator.agent.observe.Change;
import dev.lmstudiooperator.agent.observe.FactFinder;
import dev.lmstudiooperator.agent.observe.Observer;
import dev.lmstudiooperator.agent.plan.Check;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.Mutation;
import dev.lmstudiooperator.agent.tenure.Tenure;
import dev.lmstudiooperator.agent.verify.Verifier;
import dev.lmstudiooperator.clock.ClockWatch;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Operation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.cli.LmsCli;
import dev.lmstudiooperator.lmstudio.cli.Survivors;
import dev.lmstudiooperator.lmstudio.guard.GuardedCli;
import dev.lmstudiooperator.lmstudio.http.LmStudioHttp;
import dev.lmstudiooperator.lmstudio.http.LocalServer;
import dev.lmstudiooperator.observability.AgentMetrics;
import dev.lmstudiooperator.observability.log.LogEvent;
import dev.lmstudiooperator.observability.log.LogField;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The LM Studio of this node, with everything that watches and changes it. */
@ApplicationScoped
class LocalLmStudio implements MutationLane.Listener, DownloadLane.Listener, Probes.ProbeListener, Observer.Listener {

    private static final Logger LOG = Logger.getLogger(LocalLmStudio.class);

    private static final Duration BETWEEN_NEWS_OF_LOOKS = Duration.ofMinutes(10);

    private final AgentSettings settings;
    private final Tenure tenure;
    private final Wakeups wakeups;
    private final AgentMetrics metrics;
    private final Ledger ledger = new Ledger();
    private final Reachability reachability = new Reachability();
    private final ForeignInstances foreignInstances = new ForeignInstances();

    /** At most one question at a time for each ManagedModel, and a few about LM Studio itself. */
    private final ExecutorService executor = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("question-", 1).factory());

    private final LmStudioCli cli;
    private final Supplier<CircuitBreakerState> circuitBreaker;
    private final LmStudioHttp api;
    private final @Nullable ServerStarter serverStarter;
    private final FactFinder facts;
    private final Observer observer;
    private final MutationLane lane;
    private final DownloadLane downloads;
    private final Probes probes;
    private final SteadyClock clock;
    private final ClockWatch clockWatch;
    private volatile boolean hasAnswered;

    // Of the observer's thread.
    private Instant putOffToldAt = Instant.MIN;

    private volatile Consumer<Observation> spectator = observation -> {};

    LocalLmStudio(AgentSettings settings, Tenure tenure, Wakeups wakeups, AgentMetrics metrics, SteadyClock clock) {
        this.settings = settings;
        this.tenure = tenure;
        this.wakeups = wakeups;
        this.metrics = metrics;
        this.clock = clock;
        GuardedCli guarded = new GuardedCli(new LmsCli(settings.lms()), settings.guard(), this::executed, clock);
        this.cli = guarded;
        this.circuitBreaker = guarded::circuitBreaker;
        this.api = new LmStudioHttp(settings.http());
        this.serverStarter = settings.serverToStart()
                .map(address -> new ServerStarter(cli, address, () -> observer().look(), executor, clock))
                .orElse(null);
        LmStudioApi witness = serverStarter == null ? api : new AnnouncingApi(api, serverStarter);
        this.facts = new FactFinder(
                cli,
                new LocalServer(settings.http(), settings.lms().apiServerInfoPath()),
                settings.observer(),
                executor,
                clock);
        this.observer = new Observer(cli, witness, clock, settings.observer(), this);
        this.lane = new MutationLane(cli, observer::look, observer::lookAtDisk, clock, this);
        this.downloads = new DownloadLane(cli, observer::lookAtDisk, clock, this);
        this.clockWatch = new ClockWatch(clock, () -> wakeups.wake(new Change.Everything()));
        this.probes = new Probes(observer, new Verifier(witness, clock), witness, ledger, clock, executor, this);
    }

    /** Nothing may be changed while a call of an earlier agent may still change something. */
    void start() {
        for (Survivors.Survivor survivor : new Survivors(settings.lms()).end()) {
            LogEvent.of("Terminating an lms process that an earlier agent started")
                    .with(LogField.PID, survivor.pid())
                    .with(LogField.SUCCESS, survivor.ended())
                    .with(LogField.COMMAND, survivor.commandLine())
                    .warn(LOG);
        }
        metrics.instances(() -> census().active(), () -> census().foreign(), () -> census().duplicates());
        metrics.instanceActivity(observer::current);
        metrics.lastPoll(() -> observer.roundEndedAt().map(clock::wall));
        metrics.circuitBreaker(circuitBreaker);
        metrics.conditions(wakeups::models);
        observer.start();
    }

    private Census census() {
        return Census.of(observer.current(), wakeups.identifiers());
    }

    @PreDestroy
    void stop() {
        clockWatch.close();
        observer.close();
        executor.shutdownNow();
        api.close();
    }

    /** Who is told of each round of looking; it must not hold up whoever looks. */
    void tellRounds(Consumer<Observation> to) {
        spectator = to;
    }

    /** Whether LM Studio could be looked at once since the start. */
    boolean hasAnswered() {
        return hasAnswered;
    }

    /** Why it could not. */
    String whyNot() {
        return observer.current().loaded() instanceof Reading.Unknown<List<Instance>> unknown
                ? unknown.why().explanation()
                : "";
    }

    FactFinder facts() {
        return facts;
    }

    Observer observer() {
        return observer;
    }

    MutationLane lane() {
        return lane;
    }

    DownloadLane downloads() {
        return downloads;
    }

    Probes probes() {
        return probes;
    }

    Ledger ledger() {
        return ledger;
    }

    private void executed(Operation operation, Duration duration, @Nullable LmStudioFailure failure) {
        metrics.executed(operation, duration, failure);
        observer().ran(operation);
        if (failure instanceof InfrastructureFailure broken && broken.kind() == InfrastructureFailure.Kind.TIMED_OUT) {
            observer().timedOut(operation, failure);
        }
    }

    @Override
    public boolean isAnyLoadInterrupted() {
        return ledger.isAnyLoadInterrupted();
    }

    @Override
    public void putOff() {
        metrics.lookPutOff();
        Instant now = clock.instant();
        if (now.isBefore(putOffToldAt.plus(BETWEEN_NEWS_OF_LOOKS))) {
            return;
        }
        putOffToldAt = now;
        LogEvent.of("Delaying reads of LM Studio: more than one per second was requested")
                .warn(LOG);
    }

    @Override
    public void changed(Change change) {
        reachability.tell(observer.current());
        wakeups.identifiers().ifPresent(named -> foreignInstances.tell(observer.current(), named));
        wakeups.wake(change);
    }

    @Override
    public void looked(Observation observation) {
        if (serverStarter != null && tenure.standing().mayAct()) {
            serverStarter.seen(observation);
        }
        hasAnswered |= observation.loaded() instanceof Reading.Known;
        facts.looked(observation);
        wakeups.modelNames().ifPresent(metrics::keepOnly);
        spectator.accept(observation);
    }

    @Override
    public void ended(Owner owner, Outcome outcome) {
        ledger.ended(owner, outcome);
        if (outcome.mutation() instanceof Mutation.Load load) {
            count(load.request().modelKey(), outcome);
        }
    }

    /** A load that was cancelled, or that nobody could look at, counts nowhere. */
    private void count(String modelKey, Outcome outcome) {
        switch (outcome) {
            case Outcome.Loaded loaded -> metrics.loadEnded(modelKey, true, loaded.duration());
            case Outcome.Failed failed -> metrics.loadEnded(modelKey, false, failed.duration());
            case Outcome.LoadedAnother another -> metrics.loadEnded(modelKey, false, another.duration());
            case Outcome.Unclear unclear -> {}
            case Outcome.Cancelled cancelled -> {}
            case Outcome.Unloaded unloaded -> throw new IllegalStateException("A load does not unload");
        }
    }

    @Override
    public void ended(Owner owner, DownloadOutcome outcome) {
        ledger.downloadEnded(owner, outcome);
    }

    @Override
    public void checked(Desired desired, Check check, Duration duration) {
        metrics.verified(desired.modelKey(), check.result(), duration);
    }

    /** Who has left the node is woken no more, and keeps nobody waiting. */
    @Override
    public void wake(Owner owner) {
        if (wakeups.isHere(owner)) {
            wakeups.wake(owner);
        } else {
            lane.withdraw(owner);
            downloads.withdraw(owner);
        }
    }
}
