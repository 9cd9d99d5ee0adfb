package dev.lmstudiooperator.simulator.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.lmstudiooperator.simulator.fault.Faults;
import dev.lmstudiooperator.simulator.journal.Journal;

/** The complete state of the simulated LM Studio. */
public final class LmStudio {

    private final Installation files;
    private final Settings initialSettings;
    private volatile Settings settings;
    private final SimulatedClock clock = new SimulatedClock();
    private final ModelStore modelStore = new ModelStore();
    private final Faults faults = new Faults();
    private final Journal journal;
    private final Memory memory;
    private final Loads loads;
    private final Downloads downloads = new Downloads(clock);

    public LmStudio(Installation files, Settings initialSettings) {
        this.files = files;
        this.initialSettings = initialSettings;
        this.settings = initialSettings;
        this.journal = new Journal(files.journal());
        this.memory = new Memory(clock, this::settings, journal);
        this.loads = new Loads(clock, this::settings, memory, journal);
    }

    public Installation files() {
        return files;
    }

    public Settings settings() {
        return settings;
    }

    public void changeSettings(JsonNode changes) throws JsonProcessingException {
        settings = settings.patched(changes);
    }

    public void resetSettings() {
        settings = initialSettings;
    }

    public SimulatedClock clock() {
        return clock;
    }

    public ModelStore modelStore() {
        return modelStore;
    }

    public Faults faults() {
        return faults;
    }

    public Journal journal() {
        return journal;
    }

    public Memory memory() {
        return memory;
    }

    public Loads loads() {
        return loads;
    }

    public Downloads downloads() {
        return downloads;
    }

    /** Returns a daemon of this LM Studio for the two ports. */
    public Daemon daemon(Daemon.Port api, Daemon.Port http) {
        return new Daemon(api, http, files, this::settings, memory, loads, journal);
    }
}
