package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_WITH_SHORT_TTL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TcpProxy;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.simulator.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The wall clock of the machine changes while the operator runs, as time servers and administrators do it. */
@WithControlPlane
class ClockIT {

    private static final Duration DAY = Duration.ofDays(1);

    private final ShiftedClock clock;
    private final TcpProxy proxy;
    private final OperatorFixture fixture;

    ClockIT(ControlPlane controlPlane, TestNamespace namespace, @TempDir Path folder) {
        clock = ShiftedClock.in(folder);
        proxy = controlPlane.proxy();
        proxy.open();
        Map<String, String> environment = new HashMap<>(clock.environment());
        environment.putAll(OperatorFixture.through(proxy, controlPlane, namespace.name()));
        fixture = OperatorFixture.start(controlPlane, namespace.name(), folder, environment);
    }

    @BeforeEach
    void begin() {
        fixture.operator().awaitReady();
    }

    @AfterEach
    void end() {
        clock.set(Duration.ZERO);
        fixture.lmStudio().revokeFaults();
        fixture.models().deleteAll();
        fixture.close();
        proxy.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {-100, 86_400})
    void operatorKeepsWorking(long seconds) {
        fixture.apply("evicted", LLAMA);
        fixture.apply("deleted", LLAMA);
        fixture.awaitReadyAfterLoads("evicted", 1);
        fixture.awaitReadyAfterLoads("deleted", 1);
        int calls = fixture.journal().calls().size();

        clock.set(Duration.ofSeconds(seconds));
        fixture.lmStudio().evict("evicted");

        fixture.awaitReadyAfterLoads("evicted", 2);
        fixture.applyAndAwaitLoad("new", LLAMA);
        fixture.deleteAndAwaitGone("deleted");
        assertThat(fixture.journal().calls().size() - calls).isLessThan(60);
        assertThat(fixture.operator().log()).contains("Wall clock was changed");
    }

    /** Times that users read are in wall-clock time. */
    @Test
    void statusHasWallClockTimes() {
        clock.set(DAY);
        fixture.apply("unchanged", LLAMA);

        ManagedModel reported = fixture.awaitReadyAfterLoads("unchanged", 1);

        Instant loadedAt = Instant.parse(Objects.requireNonNull(
                Objects.requireNonNull(reported.getStatus().instance()).loadedTime()));
        assertThat(loadedAt)
                .isBetween(
                        Instant.now().plus(DAY).minusSeconds(60), Instant.now().plus(DAY));
    }

    @ParameterizedTest
    @ValueSource(longs = {-100, 86_400})
    void keptModelIsRenewedAtTheUsualRate(long seconds) {
        fixture.applyAndAwaitLoad("kept", LLAMA_WITH_SHORT_TTL);
        awaitRenewals(1);

        clock.set(Duration.ofSeconds(seconds));
        long before = fixture.journal().answersBy("kept");
        awaitRenewals(4);

        assertThat(fixture.journal().answersBy("kept") - before).isLessThan(8);
        assertThat(fixture.journal().effects()).noneMatch(effect -> effect.startsWith("expired"));
        assertThat(fixture.journal().loadsOf("kept")).containsExactly("loaded");
    }

    @ParameterizedTest
    @ValueSource(longs = {-100, 86_400})
    void runningLoadCompletes(long seconds) {
        fixture.lmStudio().setLoadTime(Duration.ofSeconds(5));
        fixture.apply("loading", LLAMA);
        fixture.awaitReason("loading", "Loading");

        clock.set(Duration.ofSeconds(seconds));

        fixture.awaitReadyAfterLoads("loading", 1);
        assertThat(fixture.journal().loadsOf("loading")).containsExactly("loaded");
    }

    /** The framework schedules the next attempt by the wall clock. */
    @Test
    void writesThatFailedAreTriedAgain() {
        fixture.applyAndAwaitLoad("evicted", LLAMA);
        proxy.shut();
        fixture.lmStudio().evict("evicted");
        fixture.operator().awaitLog("Failed to renew node Lease");

        clock.set(Duration.ofSeconds(-100));
        proxy.open();

        fixture.awaitReadyAfterLoads("evicted", 2);
    }

    /** The status was written by an agent whose clock was a day ahead. The clock has been corrected since. */
    @Test
    void timesInTheFutureDelayNothing() {
        clock.set(DAY);
        fixture.applyAndAwaitLoad("kept", LLAMA_WITH_SHORT_TTL);
        awaitRenewals(1);
        fixture.lmStudio().fault(Fault.on("load", "loadFails"));
        fixture.apply("failed", LLAMA);
        fixture.awaitReason("failed", "LoadFailed");

        fixture.restartOperatorAfter(() -> clock.set(Duration.ZERO));
        fixture.lmStudio().revokeFaults();

        fixture.awaitReadyAfterLoads("failed", 1);
        awaitRenewals(3);
        assertThat(fixture.journal().effects()).noneMatch(effect -> effect.startsWith("expired"));
        assertThat(fixture.journal().loadsOf("kept")).containsExactly("loaded");
    }

    private void awaitRenewals(int more) {
        long before = fixture.journal().answersBy("kept");
        eventually(
                "the model is renewed",
                Duration.ofSeconds(80),
                () -> fixture.journal().answersBy("kept"),
                now -> now >= before + more);
    }
}
