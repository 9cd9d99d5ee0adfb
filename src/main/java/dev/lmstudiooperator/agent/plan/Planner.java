package dev.lmstudiooperator.agent.plan;

import java.util.List;

/**
 * Decides what to do next about one ManagedModel: the first rule that decides, wins. While the agent's Lease is overdue the
 * same is done, and nothing of it is said to be true: others may have said the opposite since.
 */
public final class Planner {

    private static final List<Rule> RULES = List.of(
            // What is deleted and was never ours needs no look at LM Studio.
            DeletionRules::retainWhenToldTo,
            DeletionRules::letGoWhatWasNeverLoaded,
            DeletionRules::letGoByForce,
            DeletionRules::leaveToOtherClaimant,
            DeletionRules::leaveWhatWasAdopted,
            // A new spec is told of before anything is done about it.
            PreconditionRules::acknowledgeChangedSpec,
            // One thing at a time.
            DownloadRules::cancelWhatIsNoLongerWanted,
            InFlightRules::cancelWhatIsNoLongerWanted,
            InFlightRules::awaitWhatIsRunning,
            // Nothing is guessed.
            SpecRules::stallOnWhatCannotBeRead,
            // Hands off.
            PreconditionRules::restWhileSuspended,
            // A name has one claimant.
            ConflictRules::yieldToOlderClaimant,
            // Nothing is changed without knowledge.
            CliUnavailableRules::keepStandingProof,
            CliUnavailableRules::awaitProbe,
            CliUnavailableRules::checkByApi,
            CliUnavailableRules::awaitLms,
            PreconditionRules::lookAgainAfterAChange,
            // A load that was cut off may go on.
            InterruptedLoadRules::awaitOwn,
            // Memory is not held twice.
            DuplicateRules::drainThenUnloadOwnSecondCopy,
            // What is deleted and gone needs nothing.
            DeletionRules::letGoWhatIsGone,
            // An identifier has one owner.
            DeletionRules::awaitTtlBesideLinkedDevice,
            ConflictRules::yieldToLinkedDevice,
            // What is deleted goes.
            DeletionRules::drainThenUnload,
            // What was loaded as often as it may be stays gone.
            InstanceRules::unloadWrongModel,
            ExpiryRules::stallAfterSettingsWereNotHonored,
            ExpiryRules::leaveExpired,
            ExpiryRules::leaveWhatOthersLoadedSince,
            // What is to be loaded must be there.
            DownloadRules::awaitWhatIsRunning,
            DiskRules::awaitListOfDownloads,
            DiskRules::confirmThatTheModelIsMissing,
            DownloadRules::backOffAfterFailure,
            DownloadRules::download,
            DiskRules::stallWithoutTheModel,
            DiskRules::stallOnWhatCannotBeLoaded,
            // What is loaded must be what the spec asks for, and must be served.
            InstanceRules::drainThenReloadWhatDrifted,
            InstanceRules::drainThenReloadWhatIsOfAnOlderRevision,
            InstanceRules::reportStuck,
            InstanceRules::awaitSettling,
            InstanceRules::awaitProbe,
            InstanceRules::checkWhenDue,
            InstanceRules::drainThenReloadWhatKeepsFailing,
            InstanceRules::awaitNextCheckAfterFailure,
            InstanceRules::restWhileServed,
            // What is not loaded is loaded.
            InterruptedLoadRules::awaitAnothers,
            MemoryRules::awaitMemory,
            LoadRules::backOffAfterFailure,
            LoadRules::recordIntent,
            LoadRules::load);

    public Decision plan(PlanInput situation) {
        Decision decision = RULES.stream()
                .flatMap(rule -> rule.decide(situation).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No rule decides about " + situation));
        Decision kept = TtlRenewal.beside(decision, situation);
        return situation.surroundings().isLeaseOverdue() ? kept.whileOverdue() : kept;
    }
}
