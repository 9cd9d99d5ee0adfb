package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.act.MutationLane;
import dev.lmstudiooperator.agent.act.Outcome;
import dev.lmstudiooperator.agent.act.Owner;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.Finding;
import dev.lmstudiooperator.agent.plan.Mutation;
import dev.lmstudiooperator.agent.plan.Planner;
import dev.lmstudiooperator.agent.plan.Progress;
import dev.lmstudiooperator.agent.plan.SecondCopies;
import dev.lmstudiooperator.agent.plan.Situation;
import dev.lmstudiooperator.agent.plan.Step;
import dev.lmstudiooperator.agent.status.Progression;
import dev.lmstudiooperator.agent.status.StatusFactory;
import dev.lmstudiooperator.agent.verify.Verifier;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One agent process, a step at a time: the real gathering, planning, lane, verification, status and wakeups. Only what
 * needs threads of its own or a server is done here as {@link NodeAgent}, {@link Probes} and the observer do it.
 */
final class SteppedAgent implements MutationLane.Listener {

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

    private final Node node;
    private final LmStudioInMemory lmStudio;
    private final SimulatedTime time;
    private final Ledger ledger = new Ledger();
    private final HeldCalls calls = new HeldCalls();
    private final MutationLane lane;
    private final SituationGatherer gatherer;
    private final Planner planner = new Planner();
    private final Verifier verifier;
    private final Wakeups wakeups = new Wakeups();
    private final NodeEvents events;
    private final Set<Owner> woken = new LinkedHashSet<>();
    private final Map<Owner, Instant> revisits = new HashMap<>();
    private final Map<Owner, Decision> decisions = new HashMap<>();
    private final SimulatedTime.Agenda probes = new SimulatedTime.Agenda();
    private final SteppedObserver observer;
    private @Nullable Running running;
    private boolean isDead;

    SteppedAgent(Node node, LmStudioInMemory lmStudio, SimulatedTime time) {
        this.node = node;
        this.lmStudio = lmStudio;
        this.time = time;
        this.observer = new SteppedObserver(lmStudio, time, wakeups::wake);
        this.lane = new MutationLane(calls, this::lookForTheLane, time, this);
        this.gatherer = new SituationGatherer(ledger, lane, time);
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

    /** {@code kill -9}; whether the call under way has had its effect when the next process ends it. */
    boolean die(boolean hasCallItsEffect) {
        isDead = true;
        if (running == null) {
            return false;
        }
        boolean hasLanded = hasCallItsEffect && effect(running.call()) == null;
        running.call().end(failure(InfrastructureFailure.Kind.KILLED, "the agent is gone"));
        return hasLanded;
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
            Decision decision = advance(owner, model);
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

    private Decision advance(Owner owner, ManagedModel model) {
        Outcome outcome = ledger.of(owner).outcome();
        Situation situation = gatherer.gather(model, observer.current(), observer.memoryFreedAt(), node.list());
        Decision decision = planner.plan(situation);
        ManagedModel written = node.write(
                model,
                StatusFactory.status(new Progression(
                        SituationGatherer.status(model),
                        situation,
                        decision,
                        outcome instanceof Outcome.Loaded,
                        Outcome.hasUnloaded(outcome, situation.desired().identifier()))));
        ledger.told(owner, outcome);
        rememberDrain(owner, situation, decision.finding());
        if (decision.step() instanceof Step.Note note) {
            if (note instanceof Step.RecordIntent) {
                ledger.intend(owner, situation.desired().loadRevision());
            }
            return advance(owner, written);
        }
        carryOut(owner, situation, decision);
        return decision;
    }

    private void rememberDrain(Owner owner, Situation situation, Finding finding) {
        boolean isKnownAbsent = situation.isLookedAt() && situation.instance().isEmpty();
        if (finding.reason() == Reason.DRAINING) {
            ledger.draining(owner, situation.now());
        } else if (isKnownAbsent || finding.progress() != Progress.RECONCILING) {
            ledger.drained(owner);
        }
    }

    private void carryOut(Owner owner, Situation situation, Decision decision) {
        Step step = decision.step();
        if (!(step instanceof Step.Mutate || step instanceof Step.AwaitTurn)) {
            lane.withdraw(owner);
        }
        if (situation.instance().isEmpty() && situation.isLookedAt()) {
            ledger.forgetCheck(owner);
        }
        switch (step) {
            case Step.Rest rest -> {}
            case Step.Note note -> throw new IllegalStateException("A note is written before, not carried out");
            case Step.Look look -> probe(owner, observer::look);
            case Step.Mutate mutate -> begin(owner, situation, mutate.mutation(), decision);
            case Step.AwaitTurn await -> lane.await(owner, await.mutation());
            case Step.Cancel cancel -> cancel(owner);
            case Step.Check check -> probe(owner, () -> check(owner, situation));
            case Step.Renew renew -> probe(owner, () -> renew(owner, situation));
            case Step.Release release -> ledger.forget(owner);
        }
    }

    private void begin(Owner owner, Situation situation, Mutation mutation, Decision decision) {
        node.begins(owner, mutation, decision);
        Duration duration =
                switch (mutation) {
                    case Mutation.Load load -> {
                        ledger.beginLoad(owner, SecondCopies.of(situation.desired(), situation.observation()));
                        yield Duration.ofSeconds(5);
                    }
                    case Mutation.Unload unload -> {
                        ledger.begin(owner);
                        yield Duration.ofSeconds(1);
                    }
                };
        if (lane.begin(owner, mutation)) {
            running = new Running(calls.next(), time.in(duration));
        } else {
            lane.await(owner, mutation);
        }
    }

    private void cancel(Owner owner) {
        if (running == null) {
            return;
        }
        HeldCalls.Held call = running.call();
        running = null;
        if (node.doCancelledLoadsLand()) {
            effect(call);
        }
        lane.cancel(owner);
        call.awaitJudgement();
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
        node.ended(owner, outcome);
        ledger.ended(owner, outcome);
        if (outcome instanceof Outcome.Unclear && outcome.mutation() instanceof Mutation.Load load) {
            ledger.intend(owner, load.loadRevision());
        }
        wakeups.wake(owner);
    }

    @Override
    public void turnOf(Owner owner) {
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

    private void probe(Owner owner, Runnable probe) {
        ledger.probe(owner);
        probes.add(time.in(MOMENT), () -> {
            probe.run();
            ledger.probed(owner);
            wakeups.wake(owner);
        });
    }

    private void check(Owner owner, Situation situation) {
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
                            situation.desired(),
                            observer.current(),
                            ledger.of(owner).lastCheck()));
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts a test", e);
        }
    }

    private void renew(Owner owner, Situation situation) {
        ledger.renewed(owner, time.instant());
        try {
            String identifier = situation.desired().identifier();
            if (lmStudio.list().lists(identifier, situation.desired().modelKey())) {
                lmStudio.ask(
                        identifier,
                        situation.instance().orElseThrow().type(),
                        situation.desired().checkTimeout());
            }
        } catch (LmStudioFailure failure) {
            // The next look tells whether it was renewed.
        }
        observer.look();
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
                    default -> throw new IllegalStateException("Unexpected call: " + method);
                });
    }
}
