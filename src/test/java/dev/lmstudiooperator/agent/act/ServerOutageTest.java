package dev.lmstudiooperator.agent.act;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import dev.lmstudiooperator.lmstudio.Served;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** When an HTTP server that is off is started, and when it is left alone. */
class ServerOutageTest {

    private static final Instant OFF_AT = Instant.parse("2026-01-01T12:00:00Z");

    private final ServerOutage off = ServerOutage.NONE.seen(off(OFF_AT));

    @Test
    void serverThatRunsIsNotStarted() {
        ServerOutage running = ServerOutage.NONE.seen(on(OFF_AT));

        assertThat(running.dueAt()).isEmpty();
        assertThat(running.isStartDue(observation(on(OFF_AT), OFF_AT), OFF_AT.plusSeconds(3600)))
                .isFalse();
    }

    @Test
    void whoRestartsLmStudioHasTenSeconds() {
        ServerOutage stillOff = off.seen(off(after(8)));

        assertThat(stillOff.dueAt()).contains(after(10));
        assertThat(isDue(stillOff, after(10).minusMillis(1))).isFalse();
        assertThat(isDue(stillOff, after(10))).isTrue();
    }

    @Test
    void patienceBeginsAnewWhenItHasAnsweredMeanwhile() {
        ServerOutage offAgain = off.seen(on(after(4))).seen(off(after(6)));

        assertThat(offAgain.dueAt()).contains(after(16));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNREACHABLE")
    void whatIsNoAbsenceStartsNothing(Kind kind) {
        Reading<Served> unclear = unknown(kind, OFF_AT);

        assertThat(ServerOutage.NONE.seen(unclear).dueAt()).isEmpty();
        assertThat(off.seen(unclear).dueAt()).isEmpty();
    }

    @Test
    void nothingIsStartedInALmStudioThatDoesNotAnswer() {
        Reading<List<Instance>> silent =
                new Reading.Unknown<>(new InfrastructureFailure(Kind.UNREACHABLE, "why"), after(10));
        Observation observation = new Observation(silent, new Reading.Known<>(List.of(), OFF_AT), off(after(10)));

        assertThat(off.isStartDue(observation, after(60))).isFalse();
    }

    @Test
    void whatWasSeenBeforeTheServerWentOffIsNoSignOfLife() {
        assertThat(off.isStartDue(observation(off(after(60)), OFF_AT.minusMillis(1)), after(60)))
                .isFalse();
    }

    @Test
    void attemptIsNotMadeASecondTimeWhileItIsUnderWay() {
        assertThat(off.begun(after(10)).dueAt()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "2, 10", "3, 20", "4, 40", "5, 60", "6, 60", "100, 60"})
    void pausesBetweenAttemptsDoubleUpToAnHour(int attempts, int minutes) {
        ServerOutage tried = off;
        for (int i = 0; i < attempts; i++) {
            tried = tried.begun(after(10)).ended("no");
        }

        assertThat(tried.dueAt()).contains(after(10).plus(Duration.ofMinutes(minutes)));
    }

    @Test
    void serverThatIsStoppedAgainSoonIsNotFoughtFor() {
        ServerOutage started = off.begun(after(10)).ended("yes");

        ServerOutage stopped = started.seen(on(after(12))).seen(on(after(60))).seen(off(after(62)));

        assertThat(stopped.dueAt()).contains(after(10).plus(ServerOutage.FIRST_PAUSE));
    }

    @Test
    void serverThatRanForLongIsStartedAtOnceWhenItGoes() {
        ServerOutage started = off.begun(after(10)).ended("yes");

        ServerOutage goneLater =
                started.seen(on(after(12))).seen(on(after(312))).seen(off(after(314)));

        assertThat(goneLater.dueAt()).contains(after(324));
        assertThat(goneLater.begun(after(324)).last()).extracting("number").isEqualTo(1);
    }

    @Test
    void pauseThatHasPassedDoesNotShortenThePatience() {
        ServerOutage tried = off.begun(after(10)).ended("yes").seen(on(after(12)));

        ServerOutage goneAgain = tried.seen(unknown(Kind.TIMED_OUT, after(400))).seen(off(after(402)));

        assertThat(goneAgain.dueAt()).contains(after(412));
    }

    @Test
    void planTellsWhatWillBeAndWasDone() {
        assertThat(off.plan()).isEqualTo("The agent does so when it has been off for 10 s while LM Studio runs");
        ServerOutage begun = off.begun(after(10));
        assertThat(begun.plan()).isEqualTo("The agent has been doing so since 2026-01-01T12:00:10Z");
        assertThat(begun.ended("the port is taken").plan())
                .isEqualTo("The agent did so at 2026-01-01T12:00:10Z: the port is taken. "
                        + "Next attempt at 2026-01-01T12:05:10Z");
    }

    private static boolean isDue(ServerOutage outage, Instant now) {
        return outage.isStartDue(observation(off(now), OFF_AT), now);
    }

    private static Instant after(long seconds) {
        return OFF_AT.plusSeconds(seconds);
    }

    private static Observation observation(Reading<Served> served, Instant lookedAt) {
        return new Observation(
                new Reading.Known<>(List.of(), lookedAt), new Reading.Known<>(List.of(), lookedAt), served);
    }

    private static Reading<Served> on(Instant at) {
        return new Reading.Known<>(new Served(Set.of(), Set.of()), at);
    }

    private static Reading<Served> off(Instant at) {
        return unknown(Kind.UNREACHABLE, at);
    }

    private static Reading<Served> unknown(Kind kind, Instant at) {
        return new Reading.Unknown<>(new InfrastructureFailure(kind, "why"), at);
    }
}
