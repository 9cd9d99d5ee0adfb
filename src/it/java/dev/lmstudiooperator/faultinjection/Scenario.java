package dev.lmstudiooperator.faultinjection;

import dev.lmstudiooperator.controlplane.ControlPlane;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** User actions and their initial state. Faults are injected only after the action has begun. */
sealed interface Scenario permits AgentScenario, ControllerScenario {

    /** The notation in a plan. */
    String text();

    /** The faults that can be injected. */
    List<FaultType> faultTypes();

    TestBed createTestBed(ControlPlane controlPlane, Path directory);

    /** Creates the initial state, without faults and without counting. */
    void prepare(TestBed testBed);

    /** Performs the action, and waits until the cluster reports that it is complete. */
    void act(TestBed testBed);

    static List<Scenario> all() {
        return Stream.<Scenario>concat(Stream.of(AgentScenario.values()), Stream.of(ControllerScenario.values()))
                .toList();
    }

    static Scenario of(String text) {
        return all().stream()
                .filter(scenario -> scenario.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no scenario '%s'".formatted(text)));
    }
}
