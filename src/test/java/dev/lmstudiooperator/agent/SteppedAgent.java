package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.lease.LeaseStatus;
import dev.lmstudiooperator.agent.managedmodel.ManagedModelSyncer;
import dev.lmstudiooperator.agent.managedmodel.ModelStateStore;
import dev.lmstudiooperator.agent.observer.Change;
import dev.lmstudiooperator.agent.observer.ObservationSource;
import dev.lmstudiooperator.agent.observer.StubObservations;
import dev.lmstudiooperator.agent.operation.OperationQueue;
import dev.lmstudiooperator.agent.operation.OperationResult;
import dev.lmstudiooperator.agent.plan.Action;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.agent.verification.Verifier;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.clock.Clocks;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.lmstudio.Backoff;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.Observation;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs one agent process step by step, with the real syncer, queues, verification and triggers. It replaces only the
 * parts that need their own threads: {@link ProbeRunner} and the observer.
 */
final class SteppedAgent
        implements ManagedModelSyncer.StatusClient, ManagedModelSyncer.Probing, OperationQueue.Listener {

    /** Stores the objects of this node, and receives the operations of the agent on LM Studio. */
    interface Node {
        Optional<ManagedModel> get(ResourceID owner);

        Stream<ManagedModel> list();

        ManagedModel write(ManagedModel model, ManagedModelStatus status);

        void release(ManagedModel model);

        void begins(ResourceID owner, ModelOperation operation, Decision decision);

        void ended(ResourceID owner, OperationResult outcome);

        boolean doCancelledLoadsLand();
    }

    private record Running(HeldCalls.Held call, Instant endsAt) {}

    private static final Duration MOMENT = Duration.ofMillis(300);
    private static final Backoff RETRY_BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));
    private static final Duration LONGEST_LOAD = Duration.ofMinutes(10);
    private static final Duration LEASE = Duration.ofSeconds(40);

    private final Node node;
    private final LmStudioInMemory lmStudio;
    private final SimulatedTime time;
    private final SteadyClock clock;
    private final ModelStateStore states = new ModelStateStore();
    private final HeldCalls calls = new HeldCalls();
    private final OperationQueue operations;
    private final ManagedModelSyncer syncer;
    private final Verifier verifier;
    private final ReconcileTrigger trigger = new ReconcileTrigger();
    private final ReconcileTrigger.ManagedModelEventSource events;
    private final Set<ResourceID> triggered = new LinkedHashSet<>();
    private final Map<ResourceID, Instant> revisits = new HashMap<>();
    private final Map<ResourceID, Decision> decisions = new HashMap<>();
    private final SimulatedTime.Agenda probes = new SimulatedTime.Agenda();
    private final SteppedObserver observer;
    private Function<ManagedModel, List<String>> identifiers = model -> List.of();
    private @Nullable Running running;
    private LeaseStatus inTime = LeaseStatus.HELD;
    private LeaseStatus leaseStatus = inTime;
    private boolean isDead;

    SteppedAgent(Node node, LmStudioInMemory lmStudio, SimulatedTime time) {
        this.node = node;
        this.lmStudio = lmStudio;
        this.time = time;
        this.clock = Clocks.of(time, time::wall);
        this.observer = new SteppedObserver(lmStudio, time, states.interruptedLoads()::isAny, trigger::reconcile);
        this.operations = new OperationQueue(calls, lmStudio, observations(), time, this);
        this.syncer = new ManagedModelSyncer(
                states,
                operations,
                observer,
                trigger,
                this,
                () -> leaseStatus,
                RETRY_BACKOFF,
                LONGEST_LOAD,
                Duration.ofSeconds(30),
                clock);
        this.verifier = new Verifier(lmStudio, time);
        this.events = trigger.connect(new EventSourceContext<>(cache(), null, null, ManagedModel.class));
        events.setEventHandler(event -> triggered.add(event.getRelatedCustomResourceID()));
        events.start();
        node.list().map(ResourceID::fromResource).forEach(triggered::add);
        probes.add(time.in(MOMENT), observer::look);
    }

    // Events

    void appeared(ManagedModel model) {
        triggered.add(ResourceID.fromResource(model));
        events.onResourceCreated(model);
    }

    void changed(ResourceID owner) {
        triggered.add(owner);
    }

    /** Simulates {@code kill -9}. The parameter says whether the call in progress still takes effect in LM Studio. */
    void die(boolean hasCallItsEffect) {
        isDead = true;
        if (running == null) {
            return;
        }
        if (hasCallItsEffect) {
            effect(running.call());
        }
        running.call().end(failure(InfrastructureFailure.Kind.KILLED, "the agent is gone"));
    }

    /**
     * Prevents the renewal of the Lease for a while.
     *
     * @param isApiServerReachable whether the API server accepts all other requests
     */
    void loseTheLease(Duration duration, boolean isApiServerReachable) {
        if (!leaseStatus.equals(inTime)) {
            return;
        }
        leaseStatus = new LeaseStatus(null, isApiServerReachable, false, inTime.heldSince());
        if (duration.compareTo(LEASE) >= 0) {
            probes.add(
                    time.in(LEASE),
                    () -> changeTo(new LeaseStatus(null, isApiServerReachable, true, inTime.heldSince())));
        }
        probes.add(time.in(duration), this::renewTheLease);
    }

    /** The wall clock was set, which the agent detects at once. */
    void clockWasSet() {
        clock.offset();
        trigger.reconcile(new Change.Everything());
    }

    private void renewTheLease() {
        inTime = new LeaseStatus(null, true, false, leaseStatus.isExpired() ? time.instant() : inTime.heldSince());
        changeTo(inTime);
    }

    private void changeTo(LeaseStatus next) {
        leaseStatus = next;
        trigger.reconcile(new Change.Everything());
    }

    boolean isLeaseExpired() {
        return leaseStatus.isExpired();
    }

    // Steps

    Optional<Instant> nextDueAt() {
        return Stream.of(
                        probes.nextAt().stream(),
                        revisits.values().stream(),
                        Optional.ofNullable(running).map(Running::endsAt).stream(),
                        Stream.of(observer.nextLookAt()))
                .flatMap(times -> times)
                .min(Instant::compareTo);
    }

    /** Runs the due items, and then one reconciliation. Returns false if no model waits for a reconciliation. */
    boolean action() {
        probes.run(time.instant());
        if (running != null && time.isPast(running.endsAt())) {
            HeldCalls.Held call = running.call();
            running = null;
            call.end(effect(call));
        }
        if (time.isPast(observer.nextLookAt())) {
            observer.look();
        }
        revisits.entrySet().stream()
                .filter(revisit -> time.isPast(revisit.getValue()))
                .map(Map.Entry::getKey)
                .forEach(triggered::add);
        Optional<ResourceID> next = triggered.stream().findFirst();
        next.ifPresent(this::pass);
        return next.isPresent();
    }

    boolean isBusy() {
        return running != null || !triggered.isEmpty() || probes.nextAt().isPresent();
    }

    Optional<Decision> lastDecision(ResourceID owner) {
        return Optional.ofNullable(decisions.get(owner));
    }

    SteppedObserver observer() {
        return observer;
    }

    private void pass(ResourceID owner) {
        triggered.remove(owner);
        revisits.remove(owner);
        node.get(owner).ifPresent(model -> {
            Decision decision = syncer.sync(model, this);
            follow(owner, decision);
            if (decision.action() instanceof Action.RemoveFinalizer) {
                decisions.remove(owner);
                node.release(model);
                events.onResourceDeleted(model);
            } else {
                decisions.put(owner, decision);
                decision.revisitAt().ifPresent(at -> revisits.put(owner, at));
            }
        });
    }

    /** Simulates the operation that the reconciliation began or cancelled, if any. */
    private void follow(ResourceID owner, Decision decision) {
        switch (decision.action()) {
            case Action.Execute mutate ->
                calls.next().ifPresent(call -> {
                    node.begins(owner, mutate.operation(), decision);
                    running = new Running(call, time.in(duration(mutate.operation())));
                });
            case Action.Cancel cancel -> cancel();
            default -> {}
        }
    }

    private static Duration duration(ModelOperation operation) {
        return switch (operation) {
            case ModelOperation.Load load -> Duration.ofSeconds(5);
            case ModelOperation.Unload unload -> Duration.ofSeconds(1);
        };
    }

    /** The thread of the operation queue is already interrupted. */
    private void cancel() {
        if (running == null) {
            return;
        }
        HeldCalls.Held call = running.call();
        running = null;
        if (node.doCancelledLoadsLand()) {
            effect(call);
        }
        call.end(null);
    }

    private @Nullable LmStudioFailure effect(HeldCalls.Held call) {
        try {
            if (call.load() == null) {
                lmStudio.unload(call.identifier());
            } else {
                lmStudio.load(call.load());
            }
            return null;
        } catch (LmStudioFailure failure) {
            return failure;
        }
    }

    @Override
    public void ended(ResourceID owner, OperationResult outcome) {
        if (isDead) {
            return;
        }
        if (calls.ended()) {
            node.ended(owner, outcome);
        }
        states.ended(owner, outcome);
    }

    @Override
    public void reconcile(ResourceID owner) {
        if (isDead) {
            return;
        }
        if (trigger.isHere(owner)) {
            trigger.reconcile(owner);
        } else {
            operations.withdraw(owner, OperationQueue.Slot.MEMORY);
        }
    }

    // Probes of LM Studio

    @Override
    public void refresh(ResourceID owner) {
        probe(owner, observer::look);
    }

    @Override
    public void check(ResourceID owner, PlanInput input) {
        probe(owner, () -> check(input, owner));
    }

    @Override
    public void refreshInventory(ResourceID owner) {
        probe(owner, observer::look);
    }

    @Override
    public void renew(ResourceID owner, PlanInput input) {
        Instant sentAt = time.instant();
        states.renewalBegins(owner, sentAt);
        probes.add(time.in(MOMENT), () -> {
            renew(input, owner, sentAt);
            trigger.reconcile(owner);
        });
    }

    // ManagedModels

    @Override
    public ManagedModel write(ManagedModel model, ManagedModelStatus status) {
        return node.write(model, status);
    }

    private void probe(ResourceID owner, Runnable probe) {
        states.probe(owner);
        probes.add(time.in(MOMENT), () -> {
            probe.run();
            states.probed(owner);
            trigger.reconcile(owner);
        });
    }

    private void check(PlanInput input, ResourceID owner) {
        Instant since = input.evidenceSince();
        boolean isRecent = Stream.of(
                        observer.current().loaded(), observer.current().served())
                .noneMatch(reading -> reading.at().isBefore(since));
        if (!isRecent) {
            observer.look();
        }
        try {
            states.checked(
                    owner,
                    verifier.check(
                            input.desiredAsServed(),
                            observer.current(),
                            new Verifier.Before(
                                    states.of(owner).lastCheck(),
                                    states.takeRenewalFailure(owner).orElse(null),
                                    input.history().reportedVerification() != null),
                            () -> {
                                observer.look();
                                return observer.current();
                            }));
        } catch (InterruptedException e) {
            throw new IllegalStateException("Unexpected interrupt", e);
        }
    }

    private void renew(PlanInput input, ResourceID owner, Instant sentAt) {
        String identifier = input.desired().identifier();
        try {
            if (lmStudio.list().lists(identifier, input.desired().modelKey())) {
                lmStudio.ask(
                        identifier,
                        input.instance().orElseThrow().type(),
                        input.desired().verification().timeout());
                states.renewed(owner, sentAt);
            } else {
                states.renewalFailed(owner, null);
            }
        } catch (LmStudioFailure failure) {
            states.renewalFailed(owner, failure);
        }
    }

    private ObservationSource observations() {
        return new StubObservations(observer::current, since -> observe(), this::observe);
    }

    private CompletableFuture<Observation> observe() {
        return isDead
                ? CompletableFuture.failedFuture(new IllegalStateException("The agent is gone"))
                : observer.resync();
    }

    private static LmStudioFailure failure(InfrastructureFailure.Kind kind, String message) {
        return new InfrastructureFailure(kind, message);
    }

    @SuppressWarnings("unchecked")
    private IndexerResourceCache<ManagedModel> cache() {
        return (IndexerResourceCache<ManagedModel>) Proxy.newProxyInstance(
                SteppedAgent.class.getClassLoader(),
                new Class<?>[] {IndexerResourceCache.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "list" -> node.list();
                    case "get" -> node.get((ResourceID) arguments[0]);
                    case "addIndexer" -> {
                        identifiers = (Function<ManagedModel, List<String>>) arguments[1];
                        yield proxy;
                    }
                    case "byIndex" ->
                        node.list()
                                .filter(model -> identifiers.apply(model).contains(arguments[1]))
                                .toList();
                    default -> throw new IllegalStateException("Unexpected call: " + method);
                });
    }
}
