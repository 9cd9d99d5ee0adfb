package dev.lmstudiooperator.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lmstudiooperator.agent.plan.Desired;
import dev.lmstudiooperator.agent.plan.History.VerificationOutcome;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures the cost of a list, a load and a verification, with one process per call of {@code lms}. */
@QuietMachine
class AdapterBenchmark {

    private static final int RUNS = Extent.number(10, 50);
    private static final int THREADS = 4;
    private static final Duration LOAD_TIME = Duration.ofSeconds(1);
    private static final int START_UP_MILLIS = 300;
    private static final String KEY = "llama-3.2-1b-instruct";

    private SimulatorProcess lmStudio;
    private BareLmStudio bare;
    private Adapter adapter;
    private int loads;

    @BeforeEach
    void start(@TempDir Path folder) {
        lmStudio = SimulatorProcess.start(folder);
        lmStudio.set("memoryBytes", 0);
        bare = new BareLmStudio(lmStudio);
        adapter = new Adapter(lmStudio);
    }

    @AfterEach
    void stop() {
        adapter.close();
        bare.close();
        lmStudio.close();
    }

    @Test
    void latency() throws Exception {
        Report report = new Report("Latency of the adapter");
        place("chat");
        Desired chat = Adapter.desired(KEY, "chat");
        List<Double> lists = new ArrayList<>();
        List<Double> bareLists = new ArrayList<>();
        List<Double> verifications = new ArrayList<>();
        List<Double> bareVerifications = new ArrayList<>();
        for (int run = 0; run < RUNS; run++) {
            bareLists.add(Clocked.millis(bare::ps));
            lists.add(Clocked.millis(adapter::list));
            bareVerifications.add(Clocked.millis(() -> bare.ps() && bare.list()));
            verifications.add(Clocked.millis(() -> passed(adapter.verify(chat))));
        }
        report.add(compared("a list", lists, bareLists).toBe(Target.atMost(1000)));
        report.add(compared("a verification, beyond the settle time", verifications, bareVerifications)
                .toBe(Target.atMost(2000)));

        lmStudio.setLoadTime(LOAD_TIME);
        List<Double> loadings = new ArrayList<>();
        List<Double> bareLoadings = new ArrayList<>();
        for (int run = 0; run < Extent.number(3, 20); run++) {
            bareLoadings.add(Clocked.millis(() -> bare.load(KEY, nextIdentifier())) - LOAD_TIME.toMillis());
            loadings.add(Clocked.millis(this::load) - LOAD_TIME.toMillis());
        }
        report.add(compared("a load, beyond the model's own time", loadings, bareLoadings)
                .toBe(Target.atMost(5000)));
        report.write();
    }

    @Test
    void throughput() throws Exception {
        Report report = new Report("Throughput of the adapter");
        place("chat");
        lmStudio.setLoadTime(Duration.ZERO);
        measureThroughput(report, "", Extent.number(5, 25), Target.atLeast(50), Target.atLeast(20), Target.atLeast(10));
        lmStudio.set("cpuCostMillis", START_UP_MILLIS);
        measureThroughput(
                report,
                ", when a call costs %d ms of one core, as the real one does".formatted(START_UP_MILLIS),
                Extent.number(3, 25));
        report.write();
    }

    private void measureThroughput(Report report, String condition, int each, Target... targets) throws Exception {
        Desired chat = Adapter.desired(KEY, "chat");
        List<Figure> figures = List.of(
                Figure.of(
                                "lists, %d at once%s".formatted(THREADS, condition),
                                "per second",
                                Clocked.perSecond(THREADS, each, adapter::list))
                        .against(Clocked.perSecond(THREADS, each, bare::ps)),
                Figure.of(
                                "verifications, %d at once%s".formatted(THREADS, condition),
                                "per second",
                                Clocked.perSecond(THREADS, each, () -> passed(adapter.verify(chat))))
                        .against(Clocked.perSecond(THREADS, each, () -> bare.ps() && bare.list())),
                Figure.of(
                                "loads, one after the other%s".formatted(condition),
                                "per second",
                                Clocked.perSecond(1, each, this::load))
                        .against(Clocked.perSecond(1, each, () -> bare.load(KEY, nextIdentifier()))));
        for (int i = 0; i < figures.size(); i++) {
            report.add(i < targets.length ? figures.get(i).toBe(targets[i]) : figures.get(i));
        }
    }

    @Test
    void scale() throws Exception {
        Report report = new Report("Scale and steadiness of the adapter");
        int models = 100;
        IntStream.range(0, models).forEach(i -> place("model-" + i));
        report.add(Figure.of("a list of %d instances".formatted(models), "ms", repeated(RUNS, adapter::list))
                .toBe(Target.atMost(1000)));

        int verifications = Extent.number(100, 1000);
        List<Double> millis = new ArrayList<>();
        int errors = 0;
        Heap heap = new Heap();
        for (int i = 0; i < verifications; i++) {
            Desired desired = Adapter.desired(KEY, "model-" + i % models);
            VerificationOutcome[] check = new VerificationOutcome[1];
            millis.add(Clocked.millis(() -> check[0] = adapter.verify(desired)));
            errors += check[0].hasPassed() ? 0 : 1;
        }
        report.add(Figure.of("growth of the heap over %d verifications".formatted(verifications), "MB", heap.growth())
                .toBe(Target.atMost(5)));
        report.add(Figure.percentile("a verification among %d instances".formatted(models), "ms", millis, 0.5)
                .toBe(Target.atMost(500)));
        report.add(Figure.percentile("a verification among %d instances".formatted(models), "ms", millis, 0.95)
                .toBe(Target.atMost(2000)));
        report.add(Figure.of("verifications that failed", "%", 100.0 * errors / verifications)
                .toBe(Target.atMost(1)));

        heap = new Heap();
        repeated(100, adapter::list);
        report.add(Figure.of("growth of the heap over 100 lists", "MB", heap.growth())
                .toBe(Target.atMost(50)));
        List<Double> batches = new ArrayList<>();
        for (int batch = 0; batch < Extent.number(2, 5); batch++) {
            heap = new Heap();
            repeated(50, adapter::list);
            batches.add(heap.growth());
        }
        report.add(Figure.of("growth of the heap over each further batch of 50 lists", "MB", batches)
                .toBe(Target.atMost(1)));
        report.write();
    }

    private static Figure compared(String name, List<Double> runs, List<Double> bareRuns) {
        return Figure.of(name, "ms", runs)
                .against(Figure.of(name, "ms", bareRuns).median());
    }

    private static List<Double> repeated(int times, Callable<?> work) throws Exception {
        List<Double> millis = new ArrayList<>();
        for (int time = 0; time < times; time++) {
            millis.add(Clocked.millis(work));
        }
        return millis;
    }

    private static boolean passed(VerificationOutcome check) {
        assertThat(check.hasPassed()).as(check.message()).isTrue();
        return true;
    }

    private boolean load() throws Exception {
        adapter.load(KEY, nextIdentifier());
        return true;
    }

    private void place(String identifier) {
        lmStudio.placeInstance(JsonNodeFactory.instance
                .objectNode()
                .put("modelKey", KEY)
                .put("identifier", identifier)
                .put("ttlMs", Adapter.TTL.toMillis()));
    }

    private String nextIdentifier() {
        return "load-" + loads++;
    }
}
