package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.benchmark.Figure;
import dev.lmstudiooperator.benchmark.QuietMachine;
import dev.lmstudiooperator.benchmark.Report;
import dev.lmstudiooperator.benchmark.Target;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.TestNamespace;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures a scrape of an agent with a hundred ManagedModels with different models, all loaded and verified. */
@QuietMachine
@WithControlPlane
class ScrapeBenchmark {

    private static final int MODELS = Integer.getInteger("models", 100);
    private static final int SCRAPES = 300;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final double LONGEST_MILLIS = 20;
    private static final int LARGEST_KILOBYTES = 500;

    /** The Accept header of Prometheus. */
    private static final String ACCEPT = "application/openmetrics-text;version=1.0.0;q=0.5,"
            + "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

    private final ControlPlane controlPlane;
    private final String namespace;

    ScrapeBenchmark(ControlPlane controlPlane, TestNamespace namespace) {
        this.controlPlane = controlPlane;
        this.namespace = namespace.name();
    }

    @Test
    void hundredManagedModels(@TempDir Path folder) throws Exception {
        List<String> keys = IntStream.range(0, MODELS)
                .mapToObj("some-publisher/some-model-%03d-8b-instruct"::formatted)
                .toList();
        try (Cluster cluster = Cluster.on(controlPlane, namespace, folder);
                HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            cluster.addController();
            AgentFixture machine = cluster.addMachine("scraped");
            give(machine.lmStudio(), keys);
            cluster.awaitReady();
            for (String key : keys) {
                cluster.models()
                        .apply(
                                "model-" + keys.indexOf(key),
                                "model: %s, verification: {settleSeconds: 0}".formatted(key));
            }
            awaitReady(cluster);

            HttpRequest request = HttpRequest.newBuilder(machine.agent().address("/q/metrics"))
                    .header("Accept", ACCEPT)
                    .build();
            scrape(client, request);
            Footprint before = Footprint.of(machine.agent().pid());
            List<Double> millis = scrape(client, request);
            Footprint after = Footprint.of(machine.agent().pid());
            String body = client.send(request, BodyHandlers.ofString()).body();

            Report report = new Report("A scrape of an agent with %d ManagedModels".formatted(MODELS));
            report.add(Figure.of("a scrape, over HTTP on the same machine", "ms", millis)
                    .toBe(Target.atMost(LONGEST_MILLIS)));
            report.add(Figure.percentile("a scrape, over HTTP on the same machine", "ms", millis, 0.99));
            report.add(Figure.of(
                    "CPU for one scrape",
                    "ms",
                    1.0 * after.cpu().minus(before.cpu()).toMillis() / SCRAPES));
            report.add(Figure.of("size", "kB", body.length() / 1000.0).toBe(Target.atMost(LARGEST_KILOBYTES)));
            report.add(Figure.of(
                    "series",
                    "series",
                    body.lines().filter(line -> !line.startsWith("#")).count()));
            report.add(Figure.of(
                    "of these, the operator's own",
                    "series",
                    body.lines().filter(line -> line.startsWith("lms_")).count()));
            report.write();
        }
    }

    private static void give(SimulatorProcess lmStudio, List<String> keys) {
        lmStudio.replaceModels(keys);
        lmStudio.setLoadTime(Duration.ZERO);
        lmStudio.set("memoryBytes", 0);
    }

    private static void awaitReady(Cluster cluster) {
        eventually(
                "every ManagedModel is ready",
                PATIENCE,
                () -> cluster.models().all().stream()
                        .filter(model -> !"True".equals(AppliedModels.condition(model, "Ready")))
                        .map(model -> model.getMetadata().getName() + " " + AppliedModels.reason(model))
                        .toList(),
                List::isEmpty);
    }

    /** Returns the duration of each scrape in milliseconds. The first series also warms up. */
    private static List<Double> scrape(HttpClient client, HttpRequest request)
            throws IOException, InterruptedException {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < SCRAPES; i++) {
            long begun = System.nanoTime();
            HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
            millis.add((System.nanoTime() - begun) / 1e6);
            assertThat(response.statusCode()).isEqualTo(200);
        }
        return millis;
    }
}
