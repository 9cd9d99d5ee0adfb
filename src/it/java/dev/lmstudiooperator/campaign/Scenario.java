package dev.lmstudiooperator.campaign;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.function.Consumer;

/** User actions and their initial state. Faults are injected from the moment at which the action begins. */
@SuppressWarnings("ImmutableEnumChecker") // The actions capture no variables.
enum Scenario {
    CREATE(stage -> {}, stage -> {
        stage.apply("m", Specs.KEPT);
        stage.awaitVerified("m", 1);
    }),

    CHANGE(Scenario::givenServed, stage -> {
        stage.apply("m", Specs.KEPT + ", load: {contextLength: 8192}");
        stage.awaitVerified("m", 2);
    }),

    DELETE(Scenario::givenServed, stage -> {
        stage.delete("m");
        stage.awaitGone("m");
    }),

    /** A crash can cost the only load. The model expires in any case, and is never loaded again. */
    TEMPORARY(stage -> {}, stage -> {
        stage.apply("m", Specs.TEMPORARY);
        stage.awaitReason("m", "Verified", "Expired");
        stage.agent().awaitReady();
        stage.awaitLooks();
        stage.lmStudio().advanceClock(Specs.TTL.plusHours(1));
        stage.awaitReason("m", "Expired");
    }),

    CONFLICT(Scenario::givenServedForASecond, stage -> {
        stage.apply("younger", Specs.KEPT + ", identifier: m");
        stage.awaitReason("younger", "IdentifierConflict");
        stage.delete("m");
        stage.awaitGone("m");
        stage.awaitVerified("younger", 1);
    }),

    DOWNLOAD(Scenario::givenLooksAtTheDisk, stage -> {
        stage.apply("m", "model: qwen/qwen3-14b, pullPolicy: IfNotPresent, " + Specs.USUAL);
        stage.awaitVerified("m", 1);
    }),

    RELOAD(Scenario::givenServed, stage -> {
        stage.models().annotate("m", "lmstudio-operator.dev/reload", "again");
        awaitServedAfterAnotherLoad(stage);
    }),

    ADOPTION(Scenario::givenLoadedBySomebodyElse, stage -> {
        stage.apply("m", Specs.KEPT);
        stage.awaitVerified("m", 1);
        stage.delete("m");
        stage.awaitGone("m");
        assertThat(stage.lmStudio().instances()).hasSize(1);
    }),

    EVICTION(Scenario::givenServed, stage -> {
        stage.lmStudio().evict("m");
        awaitServedAfterAnotherLoad(stage);
    });

    private final Consumer<Stage> given;
    private final Consumer<Stage> act;

    Scenario(Consumer<Stage> given, Consumer<Stage> act) {
        this.given = given;
        this.act = act;
    }

    /** Creates the initial state, without faults and without counting. */
    void prepare(Stage stage) {
        given.accept(stage);
    }

    /** Performs the action, and waits until the cluster reports that it is complete. */
    void act(Stage stage) {
        act.accept(stage);
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Scenario of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    private static void givenServed(Stage stage) {
        stage.apply("m", Specs.KEPT);
        stage.awaitVerified("m", 1);
    }

    /** Uses the journal of the simulator: an agent that is killed counts no loads. */
    private static void awaitServedAfterAnotherLoad(Stage stage) {
        eventually(
                "m is loaded for a second time",
                Stage.PATIENCE,
                () -> stage.lmStudio().journal().loadsOf("m"),
                loads -> Collections.frequency(loads, "loaded") == 2);
        stage.awaitReason("m", "Verified");
    }

    /** The API server reports creation times in whole seconds, and they decide which of two ManagedModels is older. */
    private static void givenServedForASecond(Stage stage) {
        givenServed(stage);
        Instant created =
                Instant.parse(stage.models().resource("m").get().getMetadata().getCreationTimestamp());
        eventually("a second has passed", Instant::now, now -> now.isAfter(created.plusSeconds(1)));
    }

    /**
     * Waits until the agent has observed the instance. A restarted agent cannot know who loaded an instance that appeared
     * after a written intent.
     */
    private static void givenLoadedBySomebodyElse(Stage stage) {
        stage.lmStudio()
                .placeInstance(SimulatorProcess.object()
                        .put("modelKey", "llama-3.2-1b-instruct")
                        .put("identifier", "m")
                        .put("ttlMs", Specs.TTL.toMillis()));
        stage.awaitLooks();
    }

    /** A load makes the agent list the models on disk. It then knows that the download of an earlier run is gone. */
    private static void givenLooksAtTheDisk(Stage stage) {
        stage.apply("other", Specs.KEPT);
        stage.awaitVerified("other", 1);
        stage.delete("other");
        stage.awaitGone("other");
    }

    /** No unnecessary waits, and a TTL that survives every clock advance for a slow call. */
    private static final class Specs {

        static final Duration TTL = Duration.ofDays(2);
        static final String USUAL =
                "ttlSeconds: %d, verification: {settleSeconds: 0, periodSeconds: 5}".formatted(TTL.toSeconds());
        static final String KEPT = "model: llama-3.2-1b-instruct, " + USUAL;
        static final String TEMPORARY = KEPT + ", retention: Temporary";
    }
}
