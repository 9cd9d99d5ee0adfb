package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.Account;
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

    private static final String PLAIN = "model: llama-3.2-1b-instruct, verification: {settleSeconds: 0}";

    /** The shortest TTL that the API allows, without checks between the renewals. */
    private static final String KEPT =
            "model: llama-3.2-1b-instruct, ttlSeconds: 30, verification: {settleSeconds: 0, periodSeconds: 3600}";

    private static final Duration DAY = Duration.ofDays(1);

    private final ShiftedClock clock;
    private final TcpProxy proxy;
    private final Scene scene;

    ClockIT(ControlPlane controlPlane, TestNamespace namespace, @TempDir Path folder) {
        clock = ShiftedClock.in(folder);
        proxy = controlPlane.proxy();
        proxy.open();
        Account account = Account.allOn(Scene.nodeOf(namespace.name()));
        Map<String, String> environment = new HashMap<>(clock.environment());
        environment.put("KUBECONFIG", controlPlane.kubeconfigFor(account, proxy).toString());
        scene = Scene.start(controlPlane, namespace.name(), folder, environment);
    }

    @BeforeEach
    void begin() {
        scene.operator().awaitReady();
    }

    @AfterEach
    void end() {
        clock.set(Duration.ZERO);
        scene.lmStudio().revokeFaults();
        scene.models().deleteAll();
        scene.close();
        proxy.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {-100, 86_400})
    void everythingGoesOnAtRest(long seconds) {
        scene.apply("evicted", PLAIN);
        scene.apply("deleted", PLAIN);
        scene.awaitReadyAfterLoads("evicted", 1);
        scene.awaitReadyAfterLoads("deleted", 1);
        int calls = scene.lmStudio().journal().calls().size();

        clock.set(Duration.ofSeconds(seconds));
        scene.lmStudio().evict("evicted");

        scene.awaitReadyAfterLoads("evicted", 2);
        scene.apply("new", PLAIN);
        scene.awaitReadyAfterLoads("new", 1);
        scene.deleteAndAwaitGone("deleted");
        assertThat(scene.lmStudio().journal().calls().size() - calls).isLessThan(60);
        assertThat(scene.operator().log()).contains("Wall clock was changed");
    }

    /** Times that users read are in wall-clock time. */
    @Test
    void statusTellsTheWallTime() {
        clock.set(DAY);
        scene.apply("told", PLAIN);

        ManagedModel reported = scene.awaitReadyAfterLoads("told", 1);

        Instant loadedAt = Instant.parse(Objects.requireNonNull(
                Objects.requireNonNull(reported.getStatus().instance()).loadedTime()));
        assertThat(loadedAt)
                .isBetween(
                        Instant.now().plus(DAY).minusSeconds(60), Instant.now().plus(DAY));
    }

    @ParameterizedTest
    @ValueSource(longs = {-100, 86_400})
    void keptModelIsRenewedAndNotWithoutEnd(long seconds) {
        scene.apply("kept", KEPT);
        scene.awaitReadyAfterLoads("kept", 1);
        awaitRenewals(1);

        clock.set(Duration.ofSeconds(seconds));
        long before = renewals();
        awaitRenewals(4);

        assertThat(renewals() - before).isLessThan(8);
        assertThat(scene.lmStudio().journal().effects()).noneMatch(effect -> effect.startsWith("expired"));
        assertThat(scene.lmStudio().journal().loadsOf("kept")).containsExactly("loaded");
    }

    @ParameterizedTest
    @ValueSource(longs = {-100, 86_400})
    void loadThatIsUnderWayEndsAsEver(long seconds) {
        scene.lmStudio().setLoadTime(Duration.ofSeconds(5));
        scene.apply("loading", PLAIN);
        scene.awaitReason("loading", "Loading");

        clock.set(Duration.ofSeconds(seconds));

        scene.awaitReadyAfterLoads("loading", 1);
        assertThat(scene.lmStudio().journal().loadsOf("loading")).containsExactly("loaded");
    }

    /** The framework schedules the next attempt by the wall clock. */
    @Test
    void writesThatFailedAreTriedAgain() {
        scene.apply("evicted", PLAIN);
        scene.awaitReadyAfterLoads("evicted", 1);
        proxy.shut();
        scene.lmStudio().evict("evicted");
        eventually(
                "the status cannot be written",
                scene.operator()::log,
                log -> log.contains("Failed to renew node Lease"));

        clock.set(Duration.ofSeconds(-100));
        proxy.open();

        scene.awaitReadyAfterLoads("evicted", 2);
    }

    /** The status was written by an agent whose clock was a day ahead. The clock has been corrected since. */
    @Test
    void timesOfTomorrowPutNothingOff() {
        clock.set(DAY);
        scene.apply("kept", KEPT);
        scene.awaitReadyAfterLoads("kept", 1);
        awaitRenewals(1);
        scene.lmStudio().fault(Fault.on("load", "loadFails"));
        scene.apply("failed", PLAIN);
        scene.awaitReason("failed", "LoadFailed");

        scene.restartOperatorAfter(() -> clock.set(Duration.ZERO));
        scene.lmStudio().revokeFaults();

        scene.awaitReadyAfterLoads("failed", 1);
        awaitRenewals(3);
        assertThat(scene.lmStudio().journal().effects()).noneMatch(effect -> effect.startsWith("expired"));
        assertThat(scene.lmStudio().journal().loadsOf("kept")).containsExactly("loaded");
    }

    private void awaitRenewals(int more) {
        long before = renewals();
        eventually("the model is renewed", Duration.ofSeconds(80), this::renewals, now -> now >= before + more);
    }

    private long renewals() {
        return scene.lmStudio().journal().effects().stream()
                .filter("answered by kept"::equals)
                .count();
    }
}
