package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static dev.lmstudiooperator.operator.ModelSpecs.LLAMA_VERIFIED_OFTEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.scenarios.Category;
import dev.lmstudiooperator.scenarios.FailureScenario;
import dev.lmstudiooperator.simulator.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Limited resources are released: GPU memory, file descriptors, threads. */
@OperatorTest({
    "LMSTUDIO_OPERATOR_RETRY_MAX_RETRIES=0",
    "LMSTUDIO_OPERATOR_LMS_READ_TIMEOUT=3s",
    "LMSTUDIO_OPERATOR_LMS_TERMINATION_GRACE_PERIOD=300ms",
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL=1s",
    "LMSTUDIO_OPERATOR_OBSERVER_RESYNC_INTERVAL_WITHOUT_API=1s"
})
class ResourcesIT {

    private static final int CYCLES = 50;

    /** A running call has two files and two pipes. Connections to LM Studio and to the API server come and go. */
    private static final int SPARE_DESCRIPTORS = 12;

    /** The JVM keeps a thread that waited for a process, and a carrier thread, for a minute. */
    private static final int SPARE_THREADS = 8;

    /** The framework starts one thread per reconciliation up to this number, and keeps them. */
    private static final int THREADS_OF_A_POOL = 10;

    private final OperatorFixture fixture;

    ResourcesIT(OperatorFixture fixture) {
        this.fixture = fixture;
    }

    @Test
    @FailureScenario(Category.RESOURCES)
    void modelsWithDifferentTtlsGiveTheirMemoryBackOneAfterTheOther() {
        List<Integer> ttls = List.of(300, 600, 900);
        ttls.forEach(
                ttl -> fixture.apply(named(ttl), LLAMA_VERIFIED_OFTEN + ", retention: Temporary, ttlSeconds: " + ttl));
        ttls.forEach(ttl -> fixture.awaitReadyAfterLoads(named(ttl), 1));

        for (int ttl : ttls) {
            fixture.lmStudio().advanceClock(Duration.ofMinutes(5));

            ManagedModel expired = fixture.awaitReason(named(ttl), "Expired");
            assertThat(AppliedModels.condition(expired, "Available")).isEqualTo("False");
            assertThat(fixture.lmStudio().identifiers())
                    .containsExactlyInAnyOrderElementsOf(ttls.stream()
                            .filter(other -> other > ttl)
                            .map(ResourcesIT::named)
                            .toList());
        }

        assertThat(fixture.journal().effects().stream()
                        .filter(effect -> effect.startsWith("expired "))
                        .map(effect -> effect.replaceAll("expired (\\S+) .*", "$1")))
                .containsExactly("ttl-300", "ttl-600", "ttl-900");
        assertThat(fixture.journal().loads()).hasSize(3);
    }

    @Test
    @FailureScenario(Category.RESOURCES)
    void fiftyRapidLoadCyclesLeaveOneInstanceAndNoDescriptorsOrThreadsBehind() {
        fixture.lmStudio().setLoadTime(Duration.ZERO);
        fixture.applyAndAwaitLoad("cycled", LLAMA_VERIFIED_OFTEN);
        reload(2);
        Held before = held();

        for (int loads = 3; loads <= CYCLES + 2; loads++) {
            reload(loads);
        }

        assertThat(fixture.journal().loadsOf("cycled")).isEqualTo(Collections.nCopies(CYCLES + 2, "loaded"));
        assertThat(fixture.journal().calls("unload", "cycled")).hasSize(CYCLES + 1);
        assertThat(fixture.lmStudio().identifiers()).containsExactly("cycled");
        awaitNoMoreThan(before);
    }

    /** Failed calls have more to clean up than others. */
    @Test
    @FailureScenario(Category.RESOURCES)
    void callsThatEndBadlyLeaveNoDescriptorsOrThreadsBehind() {
        fixture.applyAndAwaitLoad("kept", LLAMA_VERIFIED_OFTEN);
        Held before = held();

        Stream.of("exit", "signal", "garbage", "huge", "empty", "hang", "garbage", "empty")
                .map(kind -> Fault.on("ps", kind).once())
                .forEach(this::strike);
        Stream.of("half", "refuse", "html", "empty", "half", "refuse")
                .map(kind -> Fault.on("http:/api/v1/models", kind).once())
                .forEach(this::strike);

        fixture.awaitReadyAfterLoads("kept", 1);
        assertThat(fixture.journal().loadsOf("kept")).containsExactly("loaded");
        awaitNoMoreThan(before);
    }

    private void reload(int loads) {
        fixture.annotate("cycled", ManagedModel.RELOAD_ANNOTATION, "load " + loads);
        fixture.awaitReadyAfterLoads("cycled", loads);
    }

    private void strike(Fault fault) {
        fixture.lmStudio().fault(fault);
        eventually("the fault was injected", () -> fixture.lmStudio().state().path("faults"), JsonNode::isEmpty);
    }

    private Held held() {
        Path process = Path.of("/proc", String.valueOf(fixture.operator().pid()));
        assumeThat(process).exists();
        return new Held(
                names(process.resolve("fd")).size(),
                names(process.resolve("task")).stream()
                        .map(task -> nameOf(process.resolve("task").resolve(task)))
                        .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting())));
    }

    private void awaitNoMoreThan(Held before) {
        eventually(
                "the operator holds no more resources than before: " + before,
                this::held,
                now -> now.descriptors() <= before.descriptors() + SPARE_DESCRIPTORS
                        && now.threadsOutsidePools() <= before.threadsOutsidePools() + SPARE_THREADS
                        && before.pools().containsAll(now.pools())
                        && now.largestPool() <= THREADS_OF_A_POOL);
    }

    private static List<String> names(Path folder) {
        String[] names = folder.toFile().list();
        return names == null ? List.of() : List.of(names);
    }

    /** The name as the kernel stores it, without the number that distinguishes similar threads. */
    private static String nameOf(Path task) {
        try {
            return Files.readString(task.resolve("comm")).strip().replaceAll("\\d*$", "");
        } catch (IOException e) {
            return "ended";
        }
    }

    private static String named(int ttl) {
        return "ttl-" + ttl;
    }

    /** The resources that the kernel counts for the operator. */
    private record Held(int descriptors, NavigableMap<String, Long> threadsByName) {

        long threadsOutsidePools() {
            return threadsByName.entrySet().stream()
                    .filter(threads -> !isPool(threads.getKey()))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }

        List<String> pools() {
            return threadsByName.keySet().stream().filter(Held::isPool).toList();
        }

        long largestPool() {
            return pools().stream().mapToLong(threadsByName::get).max().orElse(0);
        }

        private static boolean isPool(String name) {
            return name.startsWith("pool-");
        }
    }
}
