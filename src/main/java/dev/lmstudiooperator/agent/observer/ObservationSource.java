package dev.lmstudiooperator.agent.observer;

import dev.lmstudiooperator.lmstudio.Observation;
import java.time.Instant;

/** What is known of LM Studio without asking. */
public interface ObservationSource {

    /** What is known now; before the first look, that nothing is known. */
    Observation current();

    /** When an instance was last seen to be gone. */
    Instant memoryFreedAt();
}
