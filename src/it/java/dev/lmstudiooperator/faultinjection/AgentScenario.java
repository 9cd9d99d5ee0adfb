package dev.lmstudiooperator.faultinjection;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Scenarios of one ManagedModel, or two, on the node of an agent. */
@SuppressWarnings("ImmutableEnumChecker") // The actions capture no variables.
enum AgentScenario implements Scenario {
    CREATE(testBed -> {}, testBed -> {
        testBed.apply("m", Specs.PERMANENT);
        testBed.awaitVerified("m", 1);
    }),

    CHANGE(AgentScenario::givenVerified, testBed -> {
        testBed.apply("m", Specs.PERMANENT + ", load: {contextLength: 8192}");
        testBed.awaitVerified("m", 2);
    }),

    DELETE(AgentScenario::givenVerified, testBed -> {
        testBed.delete("m");
        testBed.awaitDeleted("m");
    }),

    /** A crash can interrupt the only load. In any case the model expires and is never loaded again. */
    TEMPORARY(testBed -> {}, testBed -> {
        testBed.apply("m", Specs.TEMPORARY);
        testBed.awaitReason("m", "Verified", "Expired");
        testBed.operator().awaitReady();
        testBed.awaitPolls();
        testBed.lmStudio().advanceClock(Specs.TTL.plusHours(1));
        testBed.awaitReason("m", "Expired");
    }),

    CONFLICT(AgentScenario::givenVerifiedForASecond, testBed -> {
        testBed.apply("younger", Specs.PERMANENT + ", identifier: m");
        testBed.awaitReason("younger", "IdentifierConflict");
        testBed.delete("m");
        testBed.awaitDeleted("m");
        testBed.awaitVerified("younger", 1);
    }),

    DOWNLOAD(AgentScenario::givenCurrentModelList, testBed -> {
        testBed.apply("m", "model: qwen/qwen3-14b, pullPolicy: IfNotPresent, " + Specs.DEFAULTS);
        testBed.awaitVerified("m", 1);
    }),

    RELOAD(AgentScenario::givenVerified, testBed -> {
        testBed.models().annotate("m", "lmstudio-operator.dev/reload", "again");
        awaitVerifiedAfterSecondLoad(testBed);
    }),

    ADOPTION(AgentScenario::givenUnmanagedInstance, testBed -> {
        testBed.apply("m", Specs.PERMANENT);
        testBed.awaitVerified("m", 1);
        testBed.delete("m");
        testBed.awaitDeleted("m");
        assertThat(testBed.lmStudio().instances()).hasSize(1);
    }),

    EVICTION(AgentScenario::givenVerified, testBed -> {
        testBed.lmStudio().evict("m");
        awaitVerifiedAfterSecondLoad(testBed);
    });

    private final Consumer<AgentTestBed> given;
    private final Consumer<AgentTestBed> act;

    AgentScenario(Consumer<AgentTestBed> given, Consumer<AgentTestBed> act) {
        this.given = given;
        this.act = act;
    }

    @Override
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public List<FaultType> faultTypes() {
        return FaultType.ofAgents();
    }

    @Override
    public TestBed createTestBed(ControlPlane controlPlane, Path directory) {
        return AgentTestBed.create(controlPlane, directory);
    }

    @Override
    public void prepare(TestBed testBed) {
        given.accept((AgentTestBed) testBed);
    }

    @Override
    public void act(TestBed testBed) {
        act.accept((AgentTestBed) testBed);
    }

    private static void givenVerified(AgentTestBed testBed) {
        testBed.apply("m", Specs.PERMANENT);
        testBed.awaitVerified("m", 1);
    }

    /** Uses the journal of the simulator, because an agent that is killed loses its count of loads. */
    private static void awaitVerifiedAfterSecondLoad(AgentTestBed testBed) {
        eventually(
                "m is loaded for a second time",
                AgentTestBed.TIMEOUT,
                () -> testBed.lmStudio().journal().loadsOf("m"),
                loads -> Collections.frequency(loads, "loaded") == 2);
        testBed.awaitReason("m", "Verified");
    }

    /** The API server reports creation times in whole seconds, and they decide which of two ManagedModels is older. */
    private static void givenVerifiedForASecond(AgentTestBed testBed) {
        givenVerified(testBed);
        Instant created =
                Instant.parse(testBed.models().resource("m").get().getMetadata().getCreationTimestamp());
        eventually("a second has passed", Instant::now, now -> now.isAfter(created.plusSeconds(1)));
    }

    /**
     * Waits until the agent has observed the instance. A restarted agent cannot know who loaded an instance that appeared
     * after a written intent.
     */
    private static void givenUnmanagedInstance(AgentTestBed testBed) {
        testBed.lmStudio()
                .placeInstance(SimulatorProcess.object()
                        .put("modelKey", "llama-3.2-1b-instruct")
                        .put("identifier", "m")
                        .put("ttlMs", Specs.TTL.toMillis()));
        testBed.awaitPolls();
    }

    /** A load makes the agent list the models on disk. The list no longer contains the download of an earlier run. */
    private static void givenCurrentModelList(AgentTestBed testBed) {
        testBed.apply("other", Specs.PERMANENT);
        testBed.awaitVerified("other", 1);
        testBed.delete("other");
        testBed.awaitDeleted("other");
    }

    /** No unnecessary waits, and a TTL that survives every clock advance for a slow call. */
    private static final class Specs {

        static final Duration TTL = Duration.ofDays(2);
        static final String DEFAULTS =
                "ttlSeconds: %d, verification: {settleSeconds: 0, periodSeconds: 5}".formatted(TTL.toSeconds());
        static final String PERMANENT = "model: llama-3.2-1b-instruct, " + DEFAULTS;
        static final String TEMPORARY = PERMANENT + ", retention: Temporary";
    }
}
