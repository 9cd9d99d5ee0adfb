package dev.lmstudiooperator.agent.plan.rules;

import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.PlanInput;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Decides the next action for one ManagedModel. The first rule that returns a decision wins. While the node Lease is
 * overdue the agent takes the same actions but reports no condition as true: the controller may have marked the node as
 * lost.
 */
public final class Planner {

    /** Each rule returns a decision, or leaves it to the rules that follow. */
    private static final List<Function<PlanInput, Optional<Decision>>> RULES = List.of(
            // Deletions that unload nothing need no observation of LM Studio.
            DeletionRules::retainByPolicy,
            DeletionRules::releaseWhatWasNeverLoaded,
            DeletionRules::releaseByForce,
            DeletionRules::leaveToOtherClaimant,
            DeletionRules::leaveWhatWasAdopted,
            // Acknowledge a new spec before acting on it.
            PreconditionRules::acknowledgeChangedSpec,
            // Finish or cancel running operations first.
            DownloadRules::cancelWhatIsNoLongerWanted,
            InFlightRules::cancelWhatIsNoLongerWanted,
            InFlightRules::awaitWhatIsRunning,
            // Do not act on a spec that cannot be read completely.
            PreconditionRules::stallOnWhatCannotBeRead,
            // Suspended ManagedModels are not changed.
            PreconditionRules::waitWhileSuspended,
            // The oldest ManagedModel keeps the identifier.
            ConflictRules::yieldToOlderOwner,
            // Start no operation without a current observation.
            CliUnavailableRules::keepVerification,
            CliUnavailableRules::awaitProbe,
            CliUnavailableRules::checkByApi,
            CliUnavailableRules::awaitLms,
            PreconditionRules::refreshAfterAChange,
            // An interrupted load may still be running in LM Studio.
            InFlightRules::awaitInterruptedLoad,
            // Free the memory of second copies.
            ConflictRules::drainThenUnloadOwnSecondCopy,
            // A deleted ManagedModel whose instance is gone needs no operation.
            DeletionRules::releaseWhatIsGone,
            // An identifier belongs to one device.
            DeletionRules::awaitTtlWithLinkedDevice,
            ConflictRules::yieldToLinkedDevice,
            // Unload the instance of a deleted ManagedModel.
            DeletionRules::drainThenUnload,
            // Do not repeat a load that has been used.
            InstanceRules::unloadWrongModel,
            ExpiryRules::stallAfterSettingsWereNotHonored,
            ExpiryRules::leaveExpired,
            ExpiryRules::leaveWhatOthersLoadedSince,
            // The model must be on disk before a load.
            DownloadRules::awaitWhatIsRunning,
            DiskRules::awaitListOfDownloads,
            DiskRules::confirmThatTheModelIsMissing,
            DownloadRules::backOffAfterFailure,
            DownloadRules::download,
            DiskRules::stallWithoutTheModel,
            DiskRules::stallOnWhatCannotBeLoaded,
            // A loaded instance must match the spec and must be served.
            InstanceRules::drainThenReloadWhatDrifted,
            InstanceRules::drainThenReloadWhatIsOfAnOlderRevision,
            InstanceRules::reportStuck,
            InstanceRules::awaitSettling,
            InstanceRules::awaitProbe,
            InstanceRules::checkWhenDue,
            InstanceRules::drainThenReloadWhatKeepsFailing,
            InstanceRules::awaitNextCheck,
            // Load a missing model.
            InFlightRules::awaitInterruptedLoadOfAnother,
            LoadRules::awaitMemory,
            LoadRules::backOffAfterFailure,
            LoadRules::recordIntent,
            LoadRules::load);

    public Decision plan(PlanInput input) {
        Decision decision = RULES.stream()
                .flatMap(rule -> rule.apply(input).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No rule decides about " + input));
        Decision renewed = TtlRenewal.addTo(decision, input);
        return input.nodeContext().isLeaseExpired() ? renewed.whileLeaseExpired() : renewed;
    }
}
