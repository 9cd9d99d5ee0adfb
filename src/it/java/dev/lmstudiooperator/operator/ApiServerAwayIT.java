package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.AuditLog;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TcpProxy;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * While the API server is unavailable, the loaded models stay loaded and nothing accumulates. Afterwards the status is
 * corrected.
 */
@WithControlPlane
class ApiServerAwayIT {

    private static final Duration TTL = Duration.ofSeconds(30);
    private static final int ROUNDS = 50;
    private static final List<String> FOREIGN = List.of("foreign-1", "foreign-2");

    private final ControlPlane controlPlane;
    private final Path folder;

    ApiServerAwayIT(ControlPlane controlPlane, @TempDir Path folder) {
        this.controlPlane = controlPlane;
        this.folder = folder;
    }

    @Test
    void loadedModelsStayLoadedNothingAccumulatesAndTheStatusIsCorrectedAfterwards() {
        try (TcpProxy proxy = controlPlane.proxy();
                OperatorFixture fixture = startBehind(proxy)) {
            // Given
            proxy.open();
            fixture.operator().awaitReady();
            List.of("kept", "evicted", "deleted")
                    .forEach(name -> fixture.apply(name, LLAMA + ", ttlSeconds: " + ttlOf(name)));
            List.of("kept", "evicted", "deleted").forEach(name -> fixture.awaitReadyAfterLoads(name, 1));
            LMStudioNode reported = awaitLoaded(fixture, 3);

            // When
            proxy.shut();
            fixture.operator().awaitLog("Node Lease expired");
            fixture.resource("deleted").delete();
            fixture.lmStudio().evict("evicted");
            awaitPoll(fixture.lmStudio());
            Footprint before = Footprint.of(fixture.operator());
            makeChanges(fixture.lmStudio());
            Footprint after = Footprint.of(fixture.operator());

            // Then
            assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + 8);
            assertThat(after.files()).isLessThanOrEqualTo(before.files() + 8);
            assertThat(after.logLines()).isLessThanOrEqualTo(before.logLines() + 100);
            assertThat(fixture.operator().get("/q/health/live")).startsWith("200");

            eventually("the model is renewed twice", () -> fixture.journal().answersBy("kept"), now -> now >= 2);
            // Without a renewal the TTL has expired by now.
            fixture.lmStudio().advanceClock(TTL.dividedBy(3));
            assertThat(fixture.lmStudio().identifiers()).containsExactlyInAnyOrder("kept", "deleted");
            assertThat(fixture.journal().loads()).hasSize(3);
            assertThat(fixture.journal().calls("unload")).isEmpty();
            assertThat(fixture.node().require().getMetadata().getResourceVersion())
                    .isEqualTo(reported.getMetadata().getResourceVersion());

            // When
            AuditLog audit = controlPlane.auditLog();
            int writes = audit.writesTo("/lmstudionodes/" + fixture.nodeName()).size();
            proxy.open();

            // Then
            ManagedModel evicted = fixture.await(
                    "evicted",
                    "was evicted once and is served again",
                    model -> Integer.valueOf(1).equals(model.getStatus().evictions())
                            && "Verified".equals(AppliedModels.reason(model)));
            assertThat(evicted.getStatus().loads()).isEqualTo(2);
            fixture.awaitGone("deleted");
            fixture.awaitReady("kept");
            assertThat(fixture.journal().loadsOf("kept")).containsExactly("loaded");
            awaitLoaded(fixture, 2);
            assertThat(audit.writesTo("/lmstudionodes/" + fixture.nodeName())).hasSizeBetween(writes + 1, writes + 10);
            fixture.models().deleteAll();
        }
    }

    private static long ttlOf(String name) {
        return name.equals("kept") ? TTL.toSeconds() : Duration.ofHours(1).toSeconds();
    }

    /** Loads and evicts two instances repeatedly. After each change the agent polls LM Studio. */
    private static void makeChanges(SimulatorProcess lmStudio) {
        for (int round = 0; round < ROUNDS; round++) {
            FOREIGN.forEach(identifier -> lmStudio.placeInstance("qwen3-4b", identifier));
            awaitPoll(lmStudio);
            FOREIGN.forEach(lmStudio::evict);
            awaitPoll(lmStudio);
        }
    }

    private static void awaitPoll(SimulatorProcess lmStudio) {
        long since = lmStudio.journal().entries().getLast().seq();
        eventually("the agent polls LM Studio", () -> lmStudio.journal(since).http(), calls -> calls.stream()
                .anyMatch(call -> call.request().endsWith("/api/v1/models")));
    }

    private static LMStudioNode awaitLoaded(OperatorFixture fixture, int instances) {
        return eventually(
                "the LMStudioNode lists %d instances".formatted(instances),
                Duration.ofSeconds(60),
                () -> fixture.node().require(),
                node -> Integer.valueOf(instances).equals(node.getStatus().loadedModels()));
    }

    private OperatorFixture startBehind(TcpProxy proxy) {
        TestNamespace namespace = controlPlane.createNamespace("away");
        Map<String, String> configuration =
                new HashMap<>(OperatorFixture.through(proxy, controlPlane, namespace.name()));
        configuration.put("LMSTUDIO_OPERATOR_LEASE_DURATION", "4s");
        configuration.put("LMSTUDIO_OPERATOR_OBSERVER_POLL_INTERVAL", "100ms");
        return OperatorFixture.start(controlPlane, namespace.name(), folder, configuration);
    }

    /** Resources of the process that would grow if it kept something for each change. */
    private record Footprint(int threads, int files, long logLines) {

        static Footprint of(OperatorProcess operator) {
            String metrics = operator.get("/q/metrics");
            return new Footprint(
                    gauge(metrics, "jvm_threads_live_threads"),
                    gauge(metrics, "process_files_open_files"),
                    operator.log().lines().count());
        }

        private static int gauge(String metrics, String name) {
            Matcher gauge =
                    Pattern.compile("(?m)^" + name + "(?:\\{[^}]*})? (\\S+)").matcher(metrics);
            return Optional.of(gauge)
                    .filter(Matcher::find)
                    .map(found -> (int) Double.parseDouble(found.group(1)))
                    .orElseThrow(() -> new AssertionError("no " + name + " in\n" + metrics));
        }
    }
}
