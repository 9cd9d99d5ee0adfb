package dev.lmstudiooperator.agent;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;

/** Starts looking at LM Studio when the process starts. On shutdown nothing is unloaded. */
class AgentLifecycle {

    void start(@Observes StartupEvent event, LocalLmStudio node) {
        node.start();
    }
}
