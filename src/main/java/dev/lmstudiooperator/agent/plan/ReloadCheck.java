package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.lmstudio.Instance;
import java.util.Objects;

/** Whether a load lies ahead: of what is not loaded, or in the place of what is. */
final class ReloadCheck {

    private ReloadCheck() {}

    static boolean isLoadAhead(PlanInput s) {
        return s.instance().map(instance -> isDue(s, instance)).orElse(true);
    }

    /** What LM Studio does not tell, the share on the GPU, and a person's wish for a reload show in the revision only. */
    static boolean isOfOlderRevision(PlanInput s) {
        History.Recorded recorded = s.history().recorded();
        String begun = s.history().begunRevision();
        return recorded != null
                && !recorded.isAdopted()
                && begun != null
                && !begun.equals(s.desired().loadRevision());
    }

    /** Whether the instance is not what is asked for, and another load may give that. */
    static boolean isDrifted(PlanInput s, Instance instance) {
        return Drift.between(s.desired(), instance).exists() && !isNotHonored(s, instance);
    }

    /** What the agent loaded with these very settings, and what differs all the same, would differ again. */
    static boolean isNotHonored(PlanInput s, Instance instance) {
        Drift drift = Drift.between(s.desired(), instance);
        return drift.exists() && !drift.isOtherModel() && isOwnLoad(s, instance);
    }

    /** Whether a load of ours, for just what is asked for now, produced the instance; be it another model. */
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
