package dev.lmstudiooperator.agent.operation;

import static dev.lmstudiooperator.lmstudio.ObservationBuilder.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.Observation;
import dev.lmstudiooperator.lmstudio.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests when a stopped HTTP server is started, and when the agent does not start it. */
class ServerStartBackoffTest {

    private static final Instant OFF_AT = Instant.parse("2026-01-01T12:00:00Z");

    private final ServerStartBackoff off = ServerStartBackoff.NONE.observed(off(OFF_AT));

    @Test
    void serverThatRunsIsNotStarted() {
        ServerStartBackoff running = ServerStartBackoff.NONE.observed(on(OFF_AT));

        assertThat(running.dueAt()).isEmpty();
        assertThat(running.isStartDue(after(3600))).isFalse();
    }

    @Test
    void serverIsNotStartedWithinTenSecondsOfARestart() {
        ServerStartBackoff stillOff = off.observed(off(after(8)));

        assertThat(stillOff.dueAt()).contains(after(10));
        assertThat(stillOff.isStartDue(after(10).minusMillis(1))).isFalse();
        assertThat(stillOff.isStartDue(after(10))).isTrue();
    }

    @Test
    void waitRestartsAfterAnAnswer() {
        ServerStartBackoff offAgain = off.observed(on(after(4))).observed(off(after(6)));

        assertThat(offAgain.dueAt()).contains(after(16));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNREACHABLE")
    void otherFailuresDoNotStartTheServer(Kind kind) {
        Observation unclear = unknown(kind, OFF_AT);

        assertThat(ServerStartBackoff.NONE.observed(unclear).dueAt()).isEmpty();
        assertThat(off.observed(unclear).dueAt()).isEmpty();
    }

    @Test
    void serverOfALmStudioThatDoesNotRunIsNotStarted() {
        ServerStartBackoff gone = off.observed(lmStudioGone(after(4)));

        assertThat(gone.dueAt()).isEmpty();
    }

    @Test
    void lmStudioThatComesBackHasTimeToOpenItsServerItself() {
        ServerStartBackoff back = off.observed(lmStudioGone(after(4))).observed(off(after(60)));

        assertThat(back.dueAt()).contains(after(70));
    }

    @Test
    void attemptIsNotMadeASecondTimeWhileItIsUnderWay() {
        assertThat(off.begun(after(10)).dueAt()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "2, 10", "3, 20", "4, 40", "5, 60", "6, 60", "100, 60"})
    void pausesBetweenAttemptsDoubleUpToAnHour(int attempts, int minutes) {
        ServerStartBackoff tried = off;
        for (int i = 0; i < attempts; i++) {
            tried = tried.begun(after(10)).ended("no");
        }

        assertThat(tried.dueAt()).contains(after(10).plus(Duration.ofMinutes(minutes)));
    }

    @Test
    void serverThatIsStoppedAgainSoonIsNotFoughtFor() {
        ServerStartBackoff started = off.begun(after(10)).ended("yes");

        ServerStartBackoff stopped =
                started.observed(on(after(12))).observed(on(after(60))).observed(off(after(62)));

        assertThat(stopped.dueAt()).contains(after(10).plus(ServerStartBackoff.BACKOFF.first()));
    }

    @Test
    void serverThatRanForLongIsStartedAtOnceWhenItGoes() {
        ServerStartBackoff started = off.begun(after(10)).ended("yes");

        ServerStartBackoff goneLater =
                started.observed(on(after(12))).observed(on(after(312))).observed(off(after(314)));

        assertThat(goneLater.dueAt()).contains(after(324));
        assertThat(goneLater.begun(after(324)).last()).extracting("number").isEqualTo(1);
    }

    @Test
    void attemptThatOutlastsTheSuccessIsNotForgotten() {
        ServerStartBackoff answering =
                off.begun(after(10)).observed(on(after(12))).observed(on(after(400)));

        assertThat(answering.observed(off(after(402))).dueAt()).isEmpty();
    }

    @Test
    void pauseThatHasPassedDoesNotShortenThePatience() {
        ServerStartBackoff tried = off.begun(after(10)).ended("yes").observed(on(after(12)));

        ServerStartBackoff goneAgain =
                tried.observed(unknown(Kind.TIMED_OUT, after(400))).observed(off(after(402)));

        assertThat(goneAgain.dueAt()).contains(after(412));
    }

    @Test
    void planDescribesTheNextAndTheLastAttempt() {
        assertThat(off.plan())
                .isEqualTo("The agent starts the server after it has been down for 10 s while LM Studio runs");
        ServerStartBackoff begun = off.begun(after(10));
        assertThat(begun.plan()).isEqualTo("The agent has been starting it since 2026-01-01T12:00:10Z");
        assertThat(begun.ended("the port is taken").plan())
                .isEqualTo("The agent tried to start it at 2026-01-01T12:00:10Z: the port is taken. "
                        + "Next attempt at 2026-01-01T12:05:10Z");
    }

    private static Instant after(long seconds) {
        return OFF_AT.plusSeconds(seconds);
    }

    private static Observation on(Instant at) {
        return observation(new Reading.Known<>(new ApiModelList(Set.of(), Set.of()), at));
    }

    private static Observation off(Instant at) {
        return unknown(Kind.UNREACHABLE, at);
    }

    private static Observation unknown(Kind kind, Instant at) {
        return observation(new Reading.Unknown<>(new InfrastructureFailure(kind, "why"), at));
    }

    private static Observation observation(Reading<ApiModelList> served) {
        return anObservation(served.at()).served(served).build();
    }

    private static Observation lmStudioGone(Instant at) {
        Observation off = off(at);
        InfrastructureFailure failure = new InfrastructureFailure(Kind.UNREACHABLE, "why");
        return new Observation(new Reading.Unknown<>(failure, at), off.downloaded(), off.served());
    }
}
