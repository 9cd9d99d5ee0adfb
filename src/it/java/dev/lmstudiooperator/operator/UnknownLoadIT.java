package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.simulator.JournalEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A load was interrupted, and this LM Studio does not report whether it continues. The agent waits for the load timeout. */
@OperatorTest({"LMSTUDIO_OPERATOR_LMS_LOAD_TIMEOUT=8s", "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=1s"})
class UnknownLoadIT {

    private static final Duration LONGEST_LOAD = Duration.ofSeconds(8);

    /** In LM Studio's time, which the tests advance. */
    private static final Duration LOAD_TIME = Duration.ofMinutes(5);

    private final OperatorFixture fixture;

    UnknownLoadIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @BeforeEach
    void givenNoReportOfRunningLoads() {
        fixture.lmStudio().set("v0", false);
        fixture.lmStudio().setLoadTime(LOAD_TIME);
    }

    @Test
    void endedLoadIsRepeatedOnlyAfterTheLoadTimeout() {
        fixture.lmStudio().set("lateLoad", false);
        fixture.apply("ended", LLAMA_VERIFIED_OFTEN + ", retention: Temporary");
        Instant restartedAt = cutOffTheLoad();
        fixture.lmStudio().setLoadTime(Duration.ZERO);

        fixture.awaitReadyAfterLoads("ended", 1);

        assertThat(fixture.journal().loadsOf("ended")).containsExactly("cancelled", "loaded");
        assertThat(secondLoad().startedAt()).isAfterOrEqualTo(restartedAt.plus(LONGEST_LOAD));
    }

    @Test
    void loadThatEndsBeforeTheLoadTimeoutIsVerifiedAfterIt() {
        fixture.apply("arriving", LLAMA_VERIFIED_OFTEN);
        cutOffTheLoad();
        fixture.lmStudio().advanceClock(LOAD_TIME);

        fixture.awaitReady("arriving");

        assertThat(fixture.journal().loadsOf("arriving")).containsExactly("loaded");
        assertThat(fixture.journal().calls("load")).hasSize(1);
    }

    @Test
    void loadThatTakesLongerThanTheLoadTimeoutEndsInOneInstance() {
        fixture.apply("endless", LLAMA_VERIFIED_OFTEN);
        Instant restartedAt = cutOffTheLoad();
        eventually("the load is retried", () -> loadCalls(), calls -> calls.size() > 1);
        assertThat(secondLoad().startedAt()).isAfterOrEqualTo(restartedAt.plus(LONGEST_LOAD));
        fixture.lmStudio().setLoadTime(Duration.ZERO);

        fixture.lmStudio().advanceClock(LOAD_TIME);

        fixture.awaitReady("endless");
        assertThat(fixture.lmStudio().identifiers()).containsExactly("endless");
        assertThat(fixture.journal().calls("unload")).isEmpty();
    }

    /** Returns the start time of the next operator. */
    private Instant cutOffTheLoad() {
        fixture.lmStudio().awaitLoading();
        fixture.operator().killWithChildren();
        Instant restartedAt = Instant.now();
        fixture.restartOperator();
        return restartedAt;
    }

    private JournalEntry secondLoad() {
        return loadCalls().get(1);
    }

    private List<JournalEntry> loadCalls() {
        return fixture.journal().calls("load");
    }
}
