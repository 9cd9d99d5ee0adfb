package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.act.Outcome;
import dev.lmstudiooperator.agent.act.Owner;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.DesiredFactory;
import dev.lmstudiooperator.agent.plan.Finding;
import dev.lmstudiooperator.agent.plan.Mutation;
import dev.lmstudiooperator.agent.plan.Planner;
import dev.lmstudiooperator.agent.plan.Progress;
import dev.lmstudiooperator.agent.plan.SecondCopies;
import dev.lmstudiooperator.agent.plan.Situation;
import dev.lmstudiooperator.agent.plan.Step;
import dev.lmstudiooperator.agent.status.Events;
import dev.lmstudiooperator.agent.status.Progression;
import dev.lmstudiooperator.agent.status.StatusFactory;
import dev.lmstudiooperator.agent.status.StatusWriter;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.config.NodeIdentity;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.InstantSource;

/** One pass over one ManagedModel: gather, plan, write the status, act. */
@ApplicationScoped
class NodeAgent {

    private final LocalLmStudio node;
    private final Planner planner = new Planner();
    private final SituationGatherer gatherer;
    private final Events events;
    private final InstantSource clock;

    NodeAgent(LocalLmStudio node, NodeIdentity identity, InstantSource clock) {
        this.node = node;
        this.events = new Events(identity.name());
        this.clock = clock;
        this.gatherer = new SituationGatherer(node.ledger(), node.lane(), node.downloads(), clock);
    }

    Instant now() {
        return clock.instant();
    }

    /** The status goes first: what is about to be done is told before it is done. */
    Decision advance(ManagedModel model, Context<ManagedModel> context) {
        Owner owner = SituationGatherer.owner(model);
        Ledger.Entry entry = node.ledger().of(owner);
        Situation situation = gatherer.gather(
                model,
                node.observer().current(),
                node.observer().memoryFreedAt(),
                context.getPrimaryCache().list());
        Decision decision = planner.plan(situation);
        Progression pass = new Progression(
                SituationGatherer.status(model),
                situation,
                decision,
                entry.outcome() instanceof Outcome.Loaded,
                Outcome.hasUnloaded(entry.outcome(), situation.desired().identifier()));
        ManagedModel written = StatusWriter.write(model, StatusFactory.status(pass), context);
        node.ledger().told(owner, entry);
        rememberDrain(owner, situation, decision.finding());
        Decision last = decision;
        if (decision.step() instanceof Step.Note note) {
            remember(owner, situation, note);
            last = advance(written, context);
        } else if (!DesiredFactory.of(written).equals(situation.desired())) {
            // The framework takes every event before our own write for known: nobody else tells of this change.
            last = advance(written, context);
        } else {
            carryOut(owner, situation, decision.step());
        }
        events.tell(model, pass, context.getClient());
        return last;
    }

    private void remember(Owner owner, Situation situation, Step.Note note) {
        switch (note) {
            case Step.Acknowledge acknowledge -> {}
            case Step.RecordIntent intent ->
                node.ledger().intend(owner, situation.desired().loadRevision());
        }
    }

    private void rememberDrain(Owner owner, Situation situation, Finding finding) {
        boolean isKnownAbsent = situation.isLookedAt() && situation.instance().isEmpty();
        if (finding.reason() == Reason.DRAINING) {
            node.ledger().draining(owner, situation.now());
        } else if (isKnownAbsent || finding.progress() != Progress.RECONCILING) {
            node.ledger().drained(owner);
        }
    }

    private void carryOut(Owner owner, Situation situation, Step step) {
        if (!(step instanceof Step.Mutate || step instanceof Step.AwaitTurn)) {
            node.lane().withdraw(owner);
        }
        if (!(step instanceof Step.Download)) {
            node.downloads().withdraw(owner);
        }
        if (situation.instance().isEmpty() && situation.isLookedAt()) {
            node.ledger().forgetCheck(owner);
        }
        switch (step) {
            case Step.Rest rest -> {}
            case Step.Note note -> throw new IllegalStateException("A note is written before, not carried out");
            case Step.Look look -> node.probes().look(owner);
            case Step.Mutate mutate -> begin(owner, situation, mutate.mutation());
            case Step.AwaitTurn await -> node.lane().await(owner, await.mutation());
            case Step.Cancel cancel -> node.lane().cancel(owner);
            case Step.Download download -> node.downloads().begin(owner, download.source());
            case Step.CancelDownload cancel -> node.downloads().cancel(owner);
            case Step.Check check -> node.probes().check(owner, situation);
            case Step.Renew renew -> node.probes().renew(owner, situation);
            case Step.Release release -> release(owner);
        }
    }

    private void release(Owner owner) {
        node.downloads().cancel(owner);
        node.ledger().forget(owner);
    }

    private void begin(Owner owner, Situation situation, Mutation mutation) {
        switch (mutation) {
            case Mutation.Load load ->
                node.ledger().beginLoad(owner, SecondCopies.of(situation.desired(), situation.observation()));
            case Mutation.Unload unload -> node.ledger().begin(owner);
        }
        if (!node.lane().begin(owner, mutation)) {
            node.lane().await(owner, mutation);
        }
    }
}
