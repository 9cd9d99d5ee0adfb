package dev.lmstudiooperator.simulator;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/** A simulator that another process started, by the address of its control endpoint. */
public final class RemoteSimulator {

    private final Control control;

    public RemoteSimulator(URI control) {
        this.control = new Control(control);
    }

    /** Returns all calls, loads and other effects so far. */
    public Journal journal() {
        return Journal.of(control.get("journal?since=0"));
    }

    /** Returns the identifiers of the loaded instances. */
    public List<String> identifiers() {
        return instances().stream().map(SimulatedInstance::identifier).toList();
    }

    public List<SimulatedInstance> instances() {
        return SimulatedInstance.list(control.get("state").path("instances"));
    }

    /** Returns the loads in progress. */
    public List<SimulatedInstance> loading() {
        return SimulatedInstance.list(control.get("state").path("loading"));
    }

    /** Sets the duration of each load whose model has no duration of its own. */
    public void setLoadTime(Duration time) {
        control.post("settings", SimulatorProcess.object().put("loadMillis", time.toMillis()));
    }

    /** Sets the duration of each inference request. */
    public void setInferenceTime(Duration time) {
        control.post("settings", SimulatorProcess.object().put("inferenceMillis", time.toMillis()));
    }
}
