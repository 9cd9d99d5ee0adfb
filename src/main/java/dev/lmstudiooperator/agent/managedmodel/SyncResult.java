package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;

/**
 * The result of one reconciliation.
 *
 * @param before the current status
 * @param passesUntold how many reconciliations of the convergence, including this one, that status does not record
 * @param hasLoaded whether a load has succeeded since that status was written
 * @param hasOutcome whether an operation or a download has ended since that status was written
 * @param hasUnloaded whether the agent has unloaded the instance since that status was written
 */
public record SyncResult(
        ManagedModelStatus before,
        PlanInput situation,
        Decision decision,
        int passesUntold,
        boolean hasLoaded,
        boolean hasOutcome,
        boolean hasUnloaded) {}
