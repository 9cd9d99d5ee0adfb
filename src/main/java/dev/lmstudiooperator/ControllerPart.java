package dev.lmstudiooperator;

import dev.lmstudiooperator.controller.Leadership;
import dev.lmstudiooperator.startup.Part;

/** Stands for election as the controller of the cluster. Who does not lead is as ready as who does. */
final class ControllerPart implements Part {

    private final Leadership leadership;

    ControllerPart(Leadership leadership) {
        this.leadership = leadership;
    }

    @Override
    public void start() {
        leadership.start();
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void stop() {
        leadership.close();
    }
}
