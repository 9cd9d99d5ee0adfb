package dev.lmstudiooperator.agent.plan;

import dev.lmstudiooperator.lmstudio.LoadRequest;

/** An operation that changes the models in the memory of LM Studio. Operations run one at a time per node. */
public sealed interface ModelOperation extends AgentOperation {

    String identifier();

    /** Loads a model. */
    record Load(LoadRequest request, String loadRevision) implements ModelOperation {
        @Override
        public String identifier() {
            return request.identifier();
        }
    }

    /** Unloads an instance. */
    record Unload(String identifier) implements ModelOperation {}
}
