package dev.lmstudiooperator.agent.observer;

import dev.lmstudiooperator.lmstudio.Observation;
import java.time.Instant;

/** Provides the latest observation of LM Studio without a new read. */
public interface ObservationSource {

    /** The latest observation; all readings are unknown before the first one. */
    Observation current();

    /** When an instance was last observed to be gone. */
    Instant memoryFreedAt();
}
