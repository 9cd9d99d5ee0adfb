package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.act.DownloadLane;
import dev.lmstudiooperator.agent.act.DownloadOutcome;
import dev.lmstudiooperator.agent.act.MutationLane;
import dev.lmstudiooperator.agent.act.Outcome;
import dev.lmstudiooperator.agent.act.Owner;
import dev.lmstudiooperator.agent.converge.Convergence;
import dev.lmstudiooperator.agent.converge.Ledger;
import dev.lmstudiooperator.agent.converge.SituationGatherer;
import dev.lmstudiooperator.agent.observe.Change;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Mutation;
import dev.lmstudiooperator.agent.plan.Pace;
import dev.lmstudiooperator.agent.plan.Situation;
import dev.lmstudiooperator.agent.plan.Step;
import dev.lmstudiooperator.agent.status.Progression;
import dev.lmstudiooperator.agent.tenure.Standing;
import dev.lmstudiooperator.agent.verify.Verifier;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.clock.Clocks;
import dev.lmstudiooperator.clock.SteadyClock;
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
 * One agent process, a step at a time: the real convergence, lanes, verification and wakeups. Only what needs threads of
 * its own is done here as {@link Probes} and the observer do it.
 */
final class SteppedAgent
        implements Convergence.Cluster, Convergence.Probing, MutationLane.Listener, DownloadLane.Listener {

    /** The objects of this node, and who is told of what the agent does to LM Studio. */
    interface Node {
        Optional<ManagedModel> get(Owner owner);

        Stream<ManagedModel> list();

        ManagedModel write(ManagedModel model, ManagedModelStatus status);

        void release(ManagedModel model);

        void begins(Owner owner, Mutation mutation, Decision decision);

        void ended(Owner owner, Outcome outcome);

        boolean doCancelledLoadsLand();
    }

    private record Running(HeldCalls.Held call, Instant endsAt) {}

    private static final Duration MOMENT = Duration.ofMillis(300);
    private static final Pace RETRY_PACE = new Pace(Duration.ofSeconds(1), Duration.ofMinutes(5));
    private static final Duration LONGEST_LOAD = Duration.ofMinutes(10);
    private static final Duration LEASE = Duration.ofSeconds(40);

    private final Node node;
    private final LmStudioInMemory lmStudio;
    private final SimulatedTime time;
    private final SteadyClock clock;
    private final Ledger ledger = new Ledger();
    private final HeldCalls calls = new HeldCalls();
    private final MutationLane lane;
    private final Convergence convergence;
    private final Verifier verifier;
    private final Wakeups wakeups = new Wakeups();
    private final NodeEvents events;
    private final Set<Owner> woken = new LinkedHashSet<>();
    private final Map<Owner, Instant> revisits = new HashMap<>();
    private final Map<Owner, Decision> decisions = new HashMap<>();
    private final SimulatedTime.Agenda probes = new SimulatedTime.Agenda();
    private final SteppedObserver observer;
    private Function<ManagedModel, List<String>> identifiers = model -> List.of();
    private @Nullable Running running;
    private Standing inTime = Standing.UNDISPUTED;
    private Standing standing = inTime;
    private boolean isDead;

    SteppedAgent(Node node, LmStudioInMemory lmStudio, SimulatedTime time) {
        this.node = node;
        this.lmStudio = lmStudio;
        this.time = time;
        this.clock = Clocks.of(time, time::wall);
        this.observer = new SteppedObserver(lmStudio, time, ledger::isAnyLoadInterrupted, wakeups::wake);
        this.lane = new MutationLane(calls, this::lookForTheLane, this::lookForTheLane, time, this);
        DownloadLane downloads = new DownloadLane(calls, this::lookForTheLane, time, this);
        this.convergence = new Convergence(
                ledger, lane, downloads, observer, this, () -> standing, RETRY_PACE, LONGEST_LOAD, clock);
        this.verifier = new Verifier(lmStudio, time);
        this.events = wakeups.connect(new EventSourceContext<>(cache(), null, null, ManagedModel.class));
        events.setEventHandler(event -> event.getRelatedCustomResourceID()
                .getNamespace()
                .ifPresent(namespace -> woken.add(
                        new Owner(namespace, event.getRelatedCustomResourceID().getName()))));
        events.start();
        node.list().map(SituationGatherer::owner).forEach(woken::add);
        probes.add(time.in(MOMENT), observer::look);
    }

    // What happens around it

    void appeared(ManagedModel model) {
        woken.add(SituationGatherer.owner(model));
        events.onResourceCreated(model);
    }

    void changed(Owner owner) {
        woken.add(owner);
    }

    /** {@code kill -9}; whether the call under way has its effect before the next process ends it. */
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
     * The Lease cannot be renewed for a while.
     *
     * @param isHeard whether the API server takes everything but that
     */
    void loseTheLease(Duration duration, boolean isHeard) {
        if (!standing.equals(inTime)) {
            return;
        }
        standing = new Standing(null, isHeard, false, inTime.provenSince());
        if (duration.compareTo(LEASE) >= 0) {
            probes.add(time.in(LEASE), () -> changeTo(new Standing(null, isHeard, true, inTime.provenSince())));
        }
        probes.add(time.in(duration), this::renewTheLease);
    }

    /** The wall clock was set, which is noticed at once. */
    void clockWasSet() {
        clock.offset();
        wakeups.wake(new Change.Everything());
    }

    private void renewTheLease() {
        inTime = new Standing(null, true, false, standing.isOverdue() ? time.instant() : inTime.provenSince());
        changeTo(inTime);
    }

    private void changeTo(Standing next) {
        standing = next;
        wakeups.wake(new Change.Everything());
    }

    boolean isLeaseOverdue() {
        return standing.isOverdue();
    }

    // Its steps

    Optional<Instant> nextDueAt() {
        return Stream.of(
                        probes.nextAt().stream(),
                        revisits.values().stream(),
                        Optional.ofNullable(running).map(Running::endsAt).stream(),
                        Stream.of(observer.nextLookAt()))
                .flatMap(times -> times)
                .min(Instant::compareTo);
    }

    /** What is due now, and then a pass for one of those whom that woke; false when nobody is awake. */
    boolean step() {
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
                .forEach(woken::add);
        Optional<Owner> next = woken.stream().findFirst();
        next.ifPresent(this::pass);
        return next.isPresent();
    }

    boolean isBusy() {
        return running != null || !woken.isEmpty() || probes.nextAt().isPresent();
    }

    Optional<Decision> lastDecision(Owner owner) {
        return Optional.ofNullable(decisions.get(owner));
    }

    SteppedObserver observer() {
        return observer;
    }

    private void pass(Owner owner) {
        woken.remove(owner);
        revisits.remove(owner);
        node.get(owner).ifPresent(model -> {
            Decision decision = convergence.advance(model, this);
            follow(owner, decision);
            if (decision.step() instanceof Step.Release) {
                decisions.remove(owner);
                node.release(model);
                events.onResourceDeleted(model);
            } else {
                decisions.put(owner, decision);
                decision.revisitAt().ifPresent(at -> revisits.put(owner, at));
            }
        });
    }

    /** Whether the pass has begun to change LM Studio, or to cancel that. */
    private void follow(Owner owner, Decision decision) {
        switch (decision.step()) {
            case Step.Mutate mutate ->
                calls.next().ifPresent(call -> {
                    node.begins(owner, mutate.mutation(), decision);
                    running = new Running(call, time.in(duration(mutate.mutation())));
                });
            case Step.Cancel cancel -> cancel();
            default -> {}
        }
    }

    private static Duration duration(Mutation mutation) {
        return switch (mutation) {
            case Mutation.Load load -> Duration.ofSeconds(5);
            case Mutation.Unload unload -> Duration.ofSeconds(1);
        };
    }

    /** The lane's thread has been interrupted already. */
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
    public void ended(Owner owner, Outcome outcome) {
        if (isDead) {
            return;
        }
        if (calls.ended()) {
            node.ended(owner, outcome);
        }
        ledger.ended(owner, outcome);
    }

    @Override
    public void ended(Owner owner, DownloadOutcome outcome) {
        throw new IllegalStateException("Nobody asks for a download");
    }

    @Override
    public void wake(Owner owner) {
        if (isDead) {
            return;
        }
        if (wakeups.isHere(owner)) {
            wakeups.wake(owner);
        } else {
            lane.withdraw(owner);
        }
    }

    // What it asks LM Studio

    @Override
    public void look(Owner owner) {
        probe(owner, observer::look);
    }

    @Override
    public void check(Owner owner, Situation situation) {
        probe(owner, () -> check(situation, owner));
    }

    @Override
    public void lookAtDisk(Owner owner) {
        probe(owner, observer::look);
    }

    @Override
    public void renew(Owner owner, Situation situation) {
        Instant sentAt = time.instant();
        ledger.renewalBegins(owner, sentAt);
        probes.add(time.in(MOMENT), () -> {
            renew(situation, owner, sentAt);
            wakeups.wake(owner);
        });
    }

    // The ManagedModels

    @Override
    public Stream<ManagedModel> models() {
        return node.list();
    }

    @Override
    public Stream<ManagedModel> naming(String identifier) {
        return node.list().filter(model -> identifiers.apply(model).contains(identifier));
    }

    @Override
    public ManagedModel write(ManagedModel model, ManagedModelStatus status) {
        return node.write(model, status);
    }

    @Override
    public void tell(ManagedModel model, Progression pass) {}

    private void probe(Owner owner, Runnable probe) {
        ledger.probe(owner);
        probes.add(time.in(MOMENT), () -> {
            probe.run();
            ledger.probed(owner);
            wakeups.wake(owner);
        });
    }

    private void check(Situation situation, Owner owner) {
        Instant since = situation.evidenceSince();
        boolean isRecent = Stream.of(
                        observer.current().loaded(), observer.current().served())
                .noneMatch(reading -> reading.at().isBefore(since));
        if (!isRecent) {
            observer.look();
        }
        try {
            ledger.checked(
                    owner,
                    verifier.check(
                            situation.desiredAsServed(),
                            observer.current(),
                            new Verifier.Before(
                                    ledger.of(owner).lastCheck(),
                                    ledger.takeRenewalFailure(owner).orElse(null),
                                    situation.history().toldProof() != null),
                            () -> {
                                observer.look();
                                return observer.current();
                            }));
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts a test", e);
        }
    }

    private void renew(Situation situation, Owner owner, Instant sentAt) {
        String identifier = situation.desired().identifier();
        try {
            if (lmStudio.list().lists(identifier, situation.desired().modelKey())) {
                lmStudio.ask(
                        identifier,
                        situation.instance().orElseThrow().type(),
                        situation.desired().verification().timeout());
                ledger.renewed(owner, sentAt);
            } else {
                ledger.renewalFailed(owner, null);
            }
        } catch (LmStudioFailure failure) {
            ledger.renewalFailed(owner, failure);
        }
    }

    private CompletableFuture<Observation> lookForTheLane() {
        if (isDead) {
            return CompletableFuture.failedFuture(new IllegalStateException("The agent is gone"));
        }
        observer.look();
        return CompletableFuture.completedFuture(observer.current());
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
                    case "get" -> {
                        var id = (ResourceID) arguments[0];
                        yield node.get(new Owner(id.getNamespace().orElseThrow(), id.getName()));
                    }
                    case "addIndexer" -> {
                        identifiers = (Function<ManagedModel, List<String>>) arguments[1];
                        yield proxy;
                    }
                    case "byIndex" -> naming((String) arguments[1]).toList();
                    default -> throw new IllegalStateException("Unexpected call: " + method);
                });
    }
}
