package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.lmstudio.Instance;
import java.util.Objects;

/** Checks whether a load is required: for a missing instance, or to replace an existing one. */
final class ReloadCheck {

    private ReloadCheck() {}

    static boolean isLoadAhead(PlanInput s) {
        return s.instance().map(instance -> isDue(s, instance)).orElse(true);
    }

    /** Settings that LM Studio does not report, such as the GPU share, and a reload request show only in the revision. */
    static boolean isOfOlderRevision(PlanInput s) {
        History.Recorded recorded = s.history().recorded();
        String begun = s.history().begunRevision();
        return recorded != null
                && !recorded.isAdopted()
                && begun != null
                && !begun.equals(s.desired().loadRevision());
    }

    /** Whether the instance differs from the desired state and another load can fix that. */
    static boolean isDrifted(PlanInput s, Instance instance) {
        return Drift.between(s.desired(), instance).exists() && !isNotHonored(s, instance);
    }

    /** Whether the agent loaded the instance with these settings and it still differs. Another load has the same result. */
    static boolean isNotHonored(PlanInput s, Instance instance) {
        Drift drift = Drift.between(s.desired(), instance);
        return drift.exists() && !drift.isOtherModel() && isOwnLoad(s, instance);
    }

    /** Whether a load of this agent for the current revision produced the instance, even if it is of another model. */
    static boolean isOwnLoad(PlanInput s, Instance instance) {
        History.Recorded recorded = s.history().recorded();
        return recorded != null
                && !recorded.isAdopted()
                && s.isLoadBegun()
                && recorded.modelKey().equals(instance.modelKey())
                && recorded.contextLength() == instance.contextLength()
                && Objects.equals(recorded.ttl(), instance.ttl());
    }

    private static boolean isDue(PlanInput s, Instance instance) {
        return isDrifted(s, instance) || isOfOlderRevision(s);
    }
}
