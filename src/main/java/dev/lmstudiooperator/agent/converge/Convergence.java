package dev.lmstudiooperator.agent.converge;

import dev.lmstudiooperator.agent.act.DownloadLane;
import dev.lmstudiooperator.agent.act.MutationLane;
import dev.lmstudiooperator.agent.act.Outcome;
import dev.lmstudiooperator.agent.act.Owner;
import dev.lmstudiooperator.agent.observe.Sight;
import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.DesiredFactory;
import dev.lmstudiooperator.agent.plan.Finding;
import dev.lmstudiooperator.agent.plan.Mutation;
import dev.lmstudiooperator.agent.plan.Pace;
import dev.lmstudiooperator.agent.plan.Planner;
import dev.lmstudiooperator.agent.plan.Progress;
import dev.lmstudiooperator.agent.plan.SecondCopies;
import dev.lmstudiooperator.agent.plan.Situation;
import dev.lmstudiooperator.agent.plan.Step;
import dev.lmstudiooperator.agent.status.Progression;
import dev.lmstudiooperator.agent.status.StatusFactory;
import dev.lmstudiooperator.agent.tenure.Standing;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.clock.SteadyClock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Brings one ManagedModel a step further: gather, plan, write the status, act. Knows no framework and no thread. */
public final class Convergence {

    /** The ManagedModels of this node, as the API server holds them. */
    public interface Cluster {

        /** All of them. */
        Stream<ManagedModel> models();

        /** Those that name the identifier. */
        Stream<ManagedModel> naming(String identifier);

        /** The ManagedModel with that status, as it stands after the write. */
        ManagedModel write(ManagedModel model, ManagedModelStatus status);

        /** Tells the story of a pass to people. */
        void tell(ManagedModel model, Progression pass);
    }

    /** Questions to LM Studio, whose end wakes the ManagedModel. */
    public interface Probing {

        void look(Owner owner);

        void lookAtDisk(Owner owner);

        void check(Owner owner, Situation situation);

        void renew(Owner owner, Situation situation);
    }

    private final Ledger ledger;
    private final MutationLane lane;
    private final DownloadLane downloads;
    private final Sight sight;
    private final Probing probing;
    private final Supplier<Standing> tenure;
    private final SituationGatherer gatherer;
    private final Planner planner = new Planner();

    public Convergence(
            Ledger ledger,
            MutationLane lane,
            DownloadLane downloads,
            Sight sight,
            Probing probing,
            Supplier<Standing> tenure,
            Pace retryPace,
            Duration longestLoad,
            SteadyClock clock) {
        this.ledger = ledger;
        this.lane = lane;
        this.downloads = downloads;
        this.sight = sight;
        this.probing = probing;
        this.tenure = tenure;
        this.gatherer = new SituationGatherer(ledger, lane, downloads, retryPace, longestLoad, clock);
    }

    /**
     * The status goes first: what is about to be done is told before it is done. Only what changes nothing is done also when
     * nobody can be told, so that what is loaded is kept.
     */
    public Decision advance(ManagedModel model, Cluster cluster) {
        Owner owner = SituationGatherer.owner(model);
        Standing standing = tenure.get();
        SituationGatherer.Gathered gathered = gatherer.gather(model, sight, cluster, standing);
        Situation situation = gathered.situation();
        Ledger.Entry entry = gathered.entry();
        Decision decision = planner.plan(situation);
        rememberDrain(owner, situation, decision.finding());
        if (!standing.isHeard()) {
            return keep(owner, situation, decision);
        }
        Progression pass = new Progression(
                SituationGatherer.status(model),
                situation,
                decision,
                ledger.pass(owner),
                hasLoaded(model, situation, entry),
                entry.outcome() != null || entry.download() != null,
                Outcome.hasUnloaded(entry.outcome(), situation.desired().identifier()));
        ManagedModelStatus status = StatusFactory.status(pass);
        ManagedModel written;
        try {
            written = cluster.write(model, status);
        } catch (RuntimeException untold) {
            keep(owner, situation, decision);
            throw untold;
        }
        ledger.told(owner, entry);
        if (decision.finding().progress() != Progress.RECONCILING
                || Objects.equals(SituationGatherer.status(written).convergence(), status.convergence())) {
            ledger.passesTold(owner);
        }
        Decision last = decision;
        if (decision.step() instanceof Step.Note note) {
            remember(owner, situation, note);
            last = advance(written, cluster);
        } else if (!DesiredFactory.of(written).equals(situation.desired())) {
            // The framework takes every event before our own write for known: nobody else tells of this change.
            last = advance(written, cluster);
        } else {
            renew(owner, situation, decision);
            carryOut(owner, situation, decision.step());
        }
        cluster.tell(model, pass);
        return last;
    }

    /** A load whose end nobody saw has succeeded when what it left is found. */
    private static boolean hasLoaded(ManagedModel model, Situation situation, Ledger.Entry entry) {
        boolean isFound = !Objects.equals(
                situation.history().loadedRevision(),
                SituationGatherer.loadedRevision(SituationGatherer.status(model)));
        return entry.outcome() instanceof Outcome.Loaded || isFound;
    }

    private void remember(Owner owner, Situation situation, Step.Note note) {
        switch (note) {
            case Step.Acknowledge acknowledge -> {}
            case Step.RecordIntent intent ->
                ledger.intend(owner, situation.desired().loadRevision());
        }
    }

    private void rememberDrain(Owner owner, Situation situation, Finding finding) {
        boolean isKnownAbsent = situation.isLookedAt() && situation.instance().isEmpty();
        if (finding.reason() == Reason.DRAINING) {
            ledger.draining(owner, situation.now());
        } else if (isKnownAbsent || finding.progress() != Progress.RECONCILING) {
            ledger.drained(owner);
        }
    }

    /** What of the decision is carried out though nobody can be told; who can be told again is woken. */
    private Decision keep(Owner owner, Situation situation, Decision decision) {
        renew(owner, situation, decision);
        if (decision.step() instanceof Step.Probe) {
            carryOut(owner, situation, decision.step());
            return decision;
        }
        return decision.withoutStep();
    }

    private void renew(Owner owner, Situation situation, Decision decision) {
        if (decision.isRenewing()) {
            probing.renew(owner, situation);
        }
    }

    private void carryOut(Owner owner, Situation situation, Step step) {
        if (!(step instanceof Step.Mutate || step instanceof Step.AwaitTurn)) {
            lane.withdraw(owner);
        }
        if (!(step instanceof Step.Download)) {
            downloads.withdraw(owner);
        }
        if (situation.instance().isEmpty() && situation.isLookedAt()) {
            ledger.forgetCheck(owner);
        }
        switch (step) {
            case Step.Rest rest -> {}
            case Step.Note note -> throw new IllegalStateException("A note is written before, not carried out");
            case Step.Look look -> probing.look(owner);
            case Step.LookAtDisk look -> probing.lookAtDisk(owner);
            case Step.Mutate mutate -> begin(owner, situation, mutate.mutation());
            case Step.AwaitTurn await -> lane.await(owner, await.mutation());
            case Step.Cancel cancel -> lane.cancel(owner);
            case Step.Download download -> downloads.begin(owner, download.source());
            case Step.CancelDownload cancel -> downloads.cancel(owner);
            case Step.Check check -> probing.check(owner, situation);
            case Step.Release release -> release(owner, situation);
        }
    }

    private void release(Owner owner, Situation situation) {
        downloads.cancel(owner);
        ledger.forget(owner);
        if (situation.surroundings().olderClaimant() == null
                && situation.surroundings().youngerClaimant() == null) {
            ledger.forgetIdentifier(situation.desired().identifier());
        }
    }

    private void begin(Owner owner, Situation situation, Mutation mutation) {
        if (!lane.begin(owner, mutation, () -> note(owner, situation, mutation))) {
            lane.await(owner, mutation);
        }
    }

    private void note(Owner owner, Situation situation, Mutation mutation) {
        if (mutation instanceof Mutation.Load load) {
            ledger.beginLoad(owner, SecondCopies.under(load.identifier(), situation.observation()));
        }
    }
}
