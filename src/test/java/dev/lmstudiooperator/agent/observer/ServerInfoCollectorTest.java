package dev.lmstudiooperator.agent.observer;

import static dev.lmstudiooperator.lmstudio.InstanceBuilder.anInstance;
import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LmStudioServer;
import dev.lmstudiooperator.lmstudio.LmStudioServer.ServerInfo;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Tests when the server information is collected, and what it costs. */
class ServerInfoCollectorTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Observer.Intervals SETTINGS =
            new Observer.Intervals(Duration.ofSeconds(2), MINUTE, Duration.ofSeconds(10), Duration.ofMinutes(10));
    private static final Observation SEEN = anObservation(NOW).build();
    private static final Observation SERVER_OFF =
            anObservation(NOW).served(new Reading.Unknown<>(down(), NOW)).build();

    private final ControlledTime time = new ControlledTime(NOW);
    private final CountedLmStudio lmStudio = new CountedLmStudio();
    private final ScriptedSelf self = new ScriptedSelf();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final ServerInfoCollector serverInfo =
            new ServerInfoCollector(lmStudio.cli(), self, SETTINGS, tasks::add, time);

    @Test
    void nothingIsKnownUntilItWasAskedFor() {
        assertThat(serverInfo.found()).isEmpty();

        serverInfo.observed(SEEN);
        assertThat(serverInfo.found()).isEmpty();
        assertThat(tasks).hasSize(1);

        run();
        assertThat(serverInfo.found()).contains(new ServerInfo("commit", "0.4.21", true, false));
    }

    @Test
    void nothingIsAskedAgainWhileNothingChanges() {
        look(SEEN);

        time.pass(Duration.ofMinutes(9));
        look(SEEN);

        assertAsked(1, 1);
    }

    @Test
    void whatClientsDoIsNoOccasion() {
        look(SEEN);
        Instance busy = anInstance("chat", "qwen")
                .usedAt(NOW)
                .activity(Activity.GENERATING)
                .queued(1)
                .build();

        look(anObservation(NOW).loaded(busy).build());

        assertAsked(1, 1);
    }

    @Test
    void serverIsAskedAgainAfterALongWhileWithoutAProcess() {
        look(SEEN);
        self.isJitLoading = Optional.of(false);
        self.wantsToken = () -> true;

        time.pass(SETTINGS.inventory());
        look(SEEN);

        assertAsked(2, 1);
        assertThat(serverInfo.found()).contains(new ServerInfo("commit", "0.4.21", false, true));
    }

    @Test
    void wayThatOpensOrClosesIsAnOccasion() {
        look(SERVER_OFF);
        look(SEEN);
        look(SEEN);
        look(SERVER_OFF);

        assertAsked(3, 1);
    }

    @Test
    void whatDoesNotAnswerIsAbsentAndAskedForAgainSooner() {
        look(SEEN);
        self.version = failing();
        self.wantsToken = failing();
        look(SERVER_OFF);
        assertThat(serverInfo.found()).contains(new ServerInfo("commit", null, true, null));
        self.version = () -> "0.4.21";
        self.wantsToken = () -> false;

        time.pass(MINUTE.minusSeconds(1));
        look(SERVER_OFF);
        assertAsked(2, 1);

        time.pass(Duration.ofSeconds(1));
        look(SERVER_OFF);
        assertAsked(3, 1);
        assertThat(serverInfo.found()).contains(new ServerInfo("commit", "0.4.21", true, false));
    }

    @Test
    void replacedLmsIsAskedForItsVersion() {
        look(SEEN);
        lmStudio.fileStamp = "another";
        lmStudio.version = () -> "newer";

        time.pass(SETTINGS.inventory());
        look(SEEN);

        assertAsked(2, 2);
        assertThat(serverInfo.found().flatMap(found -> Optional.ofNullable(found.cliVersion())))
                .contains("newer");
    }

    @Test
    void lmsIsAskedAgainWhenLmStudioWasReplacedAndNotWhenItWasRestarted() {
        look(SEEN);
        self.version = failing();
        look(SERVER_OFF);
        self.version = () -> "0.4.21";
        look(SEEN);
        assertAsked(3, 1);

        self.version = () -> "0.5.0";
        look(SERVER_OFF);
        assertAsked(4, 2);
    }

    @Test
    void missingVersionIsRequestedAgainOnTheNextOccasion() {
        lmStudio.version = failing();
        look(SEEN);
        assertThat(serverInfo.found()).contains(new ServerInfo(null, "0.4.21", true, false));
        lmStudio.version = () -> "commit";

        time.pass(MINUTE);
        look(SEEN);
        assertAsked(1, 1);

        time.pass(SETTINGS.inventory());
        look(SEEN);
        assertAsked(2, 2);
        assertThat(serverInfo.found()).contains(new ServerInfo("commit", "0.4.21", true, false));
    }

    @Test
    void questionsAreAskedOnceAtATimeAndTheNextOnesSeeWhatHasChanged() {
        serverInfo.observed(SEEN);
        serverInfo.observed(SERVER_OFF);
        assertThat(tasks).hasSize(1);
        run();

        serverInfo.observed(SERVER_OFF);

        assertThat(tasks).hasSize(1);
    }

    @Test
    void questionsAreAskedAgainAfterOneOfThemWasInterrupted() {
        self.version = () -> {
            throw new InterruptedException();
        };
        look(SEEN);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(serverInfo.found()).isEmpty();
        self.version = () -> "0.4.21";

        time.pass(MINUTE);
        look(SEEN);

        assertThat(serverInfo.found()).isPresent();
    }

    private void look(Observation observation) {
        serverInfo.observed(observation);
        run();
    }

    private void run() {
        tasks.forEach(Runnable::run);
        tasks.clear();
    }

    private void assertAsked(int server, int lmsVersion) {
        assertThat(List.of(self.asked, lmStudio.versions()))
                .as("/lms-status, lms version")
                .containsExactly(server, lmsVersion);
    }

    private static InfrastructureFailure down() {
        return new InfrastructureFailure(Kind.UNREACHABLE, "down");
    }

    private static <T> CountedLmStudio.Script<T> failing() {
        return () -> {
            throw down();
        };
    }

    private static final class ScriptedSelf implements LmStudioServer {

        private CountedLmStudio.Script<String> version = () -> "0.4.21";
        private CountedLmStudio.Script<Boolean> wantsToken = () -> false;
        private Optional<Boolean> isJitLoading = Optional.of(true);
        private int asked;

        @Override
        public String version() throws LmStudioFailure, InterruptedException {
            asked++;
            return version.answer();
        }

        @Override
        public Optional<Boolean> isJitLoading() {
            return isJitLoading;
        }

        @Override
        public boolean wantsToken() throws LmStudioFailure, InterruptedException {
            return wantsToken.answer();
        }
    }
}
