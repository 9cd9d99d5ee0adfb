package dev.lmstudiooperator.agent.managedmodel;

import dev.lmstudiooperator.agent.plan.Decision;
import dev.lmstudiooperator.agent.plan.PlanInput;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus;

/**
 * What one pass came to.
 *
 * @param before the status as it stands
 * @param passesUntold how many passes of the episode, this one included, that status does not tell of
 * @param hasLoaded whether a load has succeeded since that status was written
 * @param hasOutcome whether a mutation or a download has ended since that status was written
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
