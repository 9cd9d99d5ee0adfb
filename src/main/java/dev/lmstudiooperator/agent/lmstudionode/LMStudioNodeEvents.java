package dev.lmstudiooperator.agent.lmstudionode;

import dev.lmstudiooperator.api.v1alpha1.ConditionType;
import dev.lmstudiooperator.api.v1alpha1.LMStudioNodeStatus;
import dev.lmstudiooperator.api.v1alpha1.Reason;
import dev.lmstudiooperator.kubernetes.EventData;
import dev.lmstudiooperator.kubernetes.StatusConditions;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Optional;

/**
 * Creates the events of an LMStudioNode: the agent can use LM Studio, or why not. Another message with the same reason
 * is not an event.
 */
final class LMStudioNodeEvents {

    private LMStudioNodeEvents() {}

    static Optional<EventData> between(LMStudioNodeStatus before, LMStudioNodeStatus after) {
        String previous = ready(before).map(Condition::getReason).orElse("");
        return ready(after)
                .filter(ready -> !ready.getReason().equals(previous))
                .filter(ready -> !ready.getReason().equals(Reason.OBSERVING.text()))
                .map(ready -> new EventData(!isGood(ready), ready.getReason(), ready.getMessage()));
    }

    private static boolean isGood(Condition ready) {
        return ready.getReason().equals(Reason.REACHABLE.text());
    }

    private static Optional<Condition> ready(LMStudioNodeStatus status) {
        return StatusConditions.find(status.conditions(), ConditionType.READY);
    }
}
