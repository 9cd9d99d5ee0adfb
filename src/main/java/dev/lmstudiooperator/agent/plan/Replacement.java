package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.lmstudio.Instance;

/** Whether a load lies ahead: of what is not loaded, or in the place of what is. */
final class Replacement {

    private Replacement() {}

    static boolean isLoadAhead(Situation s) {
        return s.instance().map(instance -> isDue(s, instance)).orElse(true);
    }

    /** What LM Studio does not tell, the share on the GPU, and a person's wish for a reload show in the revision only. */
    static boolean isOfOlderRevision(Situation s) {
        History.Recorded recorded = s.history().recorded();
        String begun = s.history().begunRevision();
        return recorded != null
                && !recorded.isAdopted()
                && begun != null
                && !begun.equals(s.desired().loadRevision());
    }

    private static boolean isDue(Situation s, Instance instance) {
        return Drift.between(s.desired(), instance).exists() || isOfOlderRevision(s);
    }
}
