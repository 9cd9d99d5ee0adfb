package dev.lmstudiooperator;

import dev.lmstudiooperator.startup.Part;
import io.javaoperatorsdk.operator.Operator;

/** Reconciles the ManagedModels of this node. */
final class AgentPart implements Part {

    private final Operator operator;

    AgentPart(Operator operator) {
        this.operator = operator;
    }

    @Override
    public void start() {
        operator.start();
    }

    @Override
    public boolean isReady() {
        return operator.getRuntimeInfo().isStarted();
    }

    @Override
    public void stop() {
        operator.stop();
    }
}
