package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.controlplane.Account;
import dev.lmstudiooperator.controlplane.AuditLog;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TcpProxy;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.simulator.SimulatedInstance;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.nio.file.Path;
import java.time.Duration;
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

    private static final String LLAMA = "model: llama-3.2-1b-instruct, verification: {settleSeconds: 0}";
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
    void whatIsLoadedIsKeptNothingPilesUpAndTheTruthIsToldAtTheReturn() {
        try (TcpProxy proxy = controlPlane.proxy();
                Scene scene = startBehind(proxy)) {
            // Given
            proxy.open();
            scene.operator().awaitReady();
            List.of("kept", "evicted", "deleted")
                    .forEach(name -> scene.apply(name, LLAMA + ", ttlSeconds: " + ttlOf(name)));
            List.of("kept", "evicted", "deleted").forEach(name -> scene.awaitReadyAfterLoads(name, 1));
            LMStudioNode reported = awaitLoaded(scene, 3);

            // When
            proxy.shut();
            eventually("the Lease has expired", scene.operator()::log, log -> log.contains("Node Lease expired"));
            scene.resource("deleted").delete();
            scene.lmStudio().evict("evicted");
            awaitGlance(scene.lmStudio());
            Footprint before = Footprint.of(scene.operator());
            makeChanges(scene.lmStudio());
            Footprint after = Footprint.of(scene.operator());

            // Then
            assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + 8);
            assertThat(after.files()).isLessThanOrEqualTo(before.files() + 8);
            assertThat(after.logLines()).isLessThanOrEqualTo(before.logLines() + 100);
            assertThat(scene.operator().get("/q/health/live")).startsWith("200");

            eventually("the model is renewed twice", () -> renewals(scene.lmStudio()), now -> now >= 2);
            // Without a renewal the TTL has expired by now.
            scene.lmStudio().advanceClock(TTL.dividedBy(3));
            assertThat(identifiers(scene.lmStudio())).containsExactlyInAnyOrder("kept", "deleted");
            assertThat(scene.lmStudio().journal().loads()).hasSize(3);
            assertThat(scene.lmStudio().journal().calls("unload")).isEmpty();
            assertThat(node(scene).getMetadata().getResourceVersion())
                    .isEqualTo(reported.getMetadata().getResourceVersion());

            // When
            AuditLog audit = new AuditLog(controlPlane.auditLog());
            int writes = audit.writesTo("/lmstudionodes/" + scene.nodeName()).size();
            proxy.open();

            // Then
            ManagedModel evicted = scene.await(
                    "evicted",
                    "was evicted once and is served again",
                    model -> Integer.valueOf(1).equals(model.getStatus().evictions())
                            && "Verified".equals(AppliedModels.reason(model)));
            assertThat(evicted.getStatus().loads()).isEqualTo(2);
            scene.awaitGone("deleted");
            scene.awaitReady("kept");
            assertThat(scene.lmStudio().journal().loadsOf("kept")).containsExactly("loaded");
            awaitLoaded(scene, 2);
            assertThat(audit.writesTo("/lmstudionodes/" + scene.nodeName())).hasSizeBetween(writes + 1, writes + 10);
            scene.models().deleteAll();
        }
    }

    private static long ttlOf(String name) {
        return name.equals("kept") ? TTL.toSeconds() : Duration.ofHours(1).toSeconds();
    }

    /** Loads and evicts two instances repeatedly. After each change the agent polls LM Studio. */
    private static void makeChanges(SimulatorProcess lmStudio) {
        for (int round = 0; round < ROUNDS; round++) {
            FOREIGN.forEach(identifier -> lmStudio.placeInstance("qwen3-4b", identifier));
            awaitGlance(lmStudio);
            FOREIGN.forEach(lmStudio::evict);
            awaitGlance(lmStudio);
        }
    }

    private static void awaitGlance(SimulatorProcess lmStudio) {
        long since = lmStudio.journal().entries().getLast().seq();
        eventually("the agent polls LM Studio", () -> lmStudio.journal(since).http(), calls -> calls.stream()
                .anyMatch(call -> call.request().endsWith("/api/v1/models")));
    }

    private static List<String> identifiers(SimulatorProcess lmStudio) {
        return lmStudio.instances().stream().map(SimulatedInstance::identifier).toList();
    }

    private static long renewals(SimulatorProcess lmStudio) {
        return lmStudio.journal().http().stream()
                .filter(call -> call.request().endsWith("/v1/chat/completions"))
                .count();
    }

    private LMStudioNode awaitLoaded(Scene scene, int instances) {
        return eventually(
                "the LMStudioNode lists %d instances".formatted(instances),
                Duration.ofSeconds(60),
                () -> node(scene),
                node -> Integer.valueOf(instances).equals(node.getStatus().loadedModels()));
    }

    private LMStudioNode node(Scene scene) {
        return controlPlane
                .admin()
                .resources(LMStudioNode.class)
                .withName(scene.nodeName())
                .require();
    }

    private Scene startBehind(TcpProxy proxy) {
        TestNamespace namespace = controlPlane.createNamespace("away");
        Account account = Account.allOn(Scene.nodeOf(namespace.name()));
        return Scene.start(
                controlPlane,
                namespace.name(),
                folder,
                Map.of(
                        "KUBECONFIG",
                        controlPlane.kubeconfigFor(account, proxy).toString(),
                        "LMSTUDIO_OPERATOR_LEASE_DURATION",
                        "4s",
                        "LMSTUDIO_OPERATOR_OBSERVER_POLL_INTERVAL",
                        "100ms"));
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
