package dev.lmstudiooperator.lmstudio.cli;

import static dev.lmstudiooperator.lmstudio.FailureAssertions.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.DownloadedModel.ModelType;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.Instance.Activity;
import dev.lmstudiooperator.lmstudio.LmStudioCli.DownloadProgress;
import dev.lmstudiooperator.lmstudio.LmStudioCli.ServerAddress;
import dev.lmstudiooperator.lmstudio.LmStudioCli.ServerStatus;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.JournalEntry;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import dev.lmstudiooperator.simulator.SimulatorTest;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the adapter with the LM Studio simulator. */
@Timeout(60)
@Execution(ExecutionMode.SAME_THREAD)
@SimulatorTest
class LmsCliIT {

    private static final Duration TTL = Duration.ofMinutes(10);

    private final SimulatorProcess simulator;
    private final LmsCli cli;

    LmsCliIT(SimulatorProcess simulator) {
        this.simulator = simulator;
        this.cli = cli(Installed.PATIENT);
    }

    @Test
    void loadedModelIsListedWithItsSettings() throws Exception {
        cli.load(new LoadRequest("qwen3-4b", "team-a", TTL, 8192, "max", 2, null));

        assertThat(cli.listLoaded()).singleElement().satisfies(instance -> {
            assertThat(instance.identifier()).isEqualTo("team-a");
            assertThat(instance.modelKey()).isEqualTo("qwen3-4b");
            assertThat(instance.type()).isEqualTo(ModelType.LLM);
            assertThat(instance.ttl()).isEqualTo(TTL);
            assertThat(instance.contextLength()).isEqualTo(8192);
            assertThat(instance.parallel()).isEqualTo(2);
            assertThat(instance.activity()).isEqualTo(Activity.IDLE);
            assertThat(instance.isLocal()).isTrue();
        });
    }

    /** The key of the request matches no model, because only the path is relevant. */
    @Test
    void modelIsLoadedByItsExactPath() throws Exception {
        cli.load(new LoadRequest("nothing-like-it", "team-a", TTL, 8192, "max", 2, pathOf("qwen3-4b")));

        assertThat(cli.listLoaded()).singleElement().satisfies(instance -> {
            assertThat(instance.identifier()).isEqualTo("team-a");
            assertThat(instance.modelKey()).isEqualTo("qwen3-4b");
            assertThat(instance.ttl()).isEqualTo(TTL);
            assertThat(instance.contextLength()).isEqualTo(8192);
            assertThat(instance.parallel()).isEqualTo(2);
        });
    }

    /** The key alone would load a similar model. */
    @Test
    void pathOfAModelThatHasLeftTheDiskLoadsNoOtherModel() throws Exception {
        LoadRequest request = new LoadRequest("qwen3-4b", "team-a", TTL, null, null, null, "acme/qwen3-4b/gone.gguf");

        assertFails(() -> cli.load(request), "MODEL_NOT_FOUND", "acme/qwen3-4b/gone.gguf");
        assertThat(cli.listLoaded()).isEmpty();
    }

    @Test
    void embeddingModelIsLoadedToo() throws Exception {
        cli.load(load("text-embedding-nomic-embed-text-v1.5", "embed"));

        assertThat(cli.listLoaded())
                .extracting(Instance::type, Instance::parallel)
                .containsExactly(tuple(ModelType.EMBEDDING, null));
    }

    @Test
    void modelsOfLinkedDevicesAreDistinguished() throws Exception {
        assertThat(cli.listDownloaded())
                .filteredOn(model -> model.modelKey().equals("shared-14b"))
                .extracting(DownloadedModel::isLocal)
                .containsExactlyInAnyOrder(true, false);
    }

    @Test
    void listBeyondWhatFitsIntoAPipeIsComplete() throws Exception {
        simulator.replaceModels(
                IntStream.range(0, 1000).mapToObj(i -> "model-" + i).toList());

        assertThat(cli.listDownloaded()).hasSize(1000);
    }

    @Test
    void unloadedInstanceIsGoneAndUnloadingItAgainSucceeds() throws Exception {
        simulator.placeInstance("qwen3-4b", "team-a");

        cli.unload("team-a");
        cli.unload("team-a");

        assertThat(simulator.instances()).isEmpty();
        assertThat(cli.listLoaded()).isEmpty();
    }

    @Test
    void loadOfAnotherModelSucceedsAndOnlyTheListShowsIt() throws Exception {
        simulator.fault(Fault.on("load", "wrongModel").once());

        cli.load(load("qwen3-4b", "team-a"));

        assertThat(cli.listLoaded()).extracting(Instance::modelKey).doesNotContain("qwen3-4b");
    }

    @Test
    void modelThatIsNotDownloadedIsAFact() {
        assertFails(() -> cli.load(load("nothing-like-it", "team-a")), "MODEL_NOT_FOUND", "nothing-like-it");
    }

    @Test
    void modelOfALinkedDeviceIsNotLoadedThere() {
        assertFails(() -> cli.load(load("remote-big-120b", "team-a")), "MODEL_NOT_FOUND", "remote-big-120b");
    }

    @Test
    void takenIdentifierIsAFact() {
        simulator.placeInstance("llama-3.2-1b-instruct", "team-a");

        assertFails(() -> cli.load(load("qwen3-4b", "team-a")), "IDENTIFIER_TAKEN", "team-a");
    }

    @Test
    void memoryThatDoesNotSufficeIsAFact() {
        simulator.set("memoryBytes", 1_000_000);

        assertFails(() -> cli.load(load("qwen3-4b", "team-a")), "INSUFFICIENT_MEMORY", "insufficient system resources");
    }

    @Test
    void loadBeyondItsDeadlineIsCancelledInLmStudio() {
        simulator.setLoadTime(Duration.ofMinutes(5));
        LmsCli impatient = cli(Installed.deadlines(Duration.ofSeconds(3)));

        assertFails(() -> impatient.load(load("qwen3-4b", "team-a")), "TIMED_OUT", "3 s");
        assertThat(simulator.loading()).isEmpty();
        assertThat(simulator.instances()).isEmpty();
    }

    @Test
    void stoppedLmStudioIsUnreachableAndStaysStopped() {
        simulator.setInstalled(true);
        simulator.stopDaemon();

        assertFails(cli::listLoaded, "UNREACHABLE", "lms daemon up");
        assertFails(() -> cli.load(load("qwen3-4b", "team-a")), "UNREACHABLE", "lms daemon up");
        assertThat(simulator.state().path("daemon").toString()).doesNotContain("running");
    }

    @Test
    void buildOfLmsIsReported() throws Exception {
        simulator.stopDaemon();

        assertThat(cli.version()).isEqualTo("07b7252");
        assertThat(simulator.state().path("daemon").asText()).isEqualTo("down");
    }

    @Test
    void serverStatusStartsNothing() throws Exception {
        simulator.startServer();
        assertThat(cli.serverStatus().isRunning()).isTrue();

        simulator.stopServer();
        assertThat(cli.serverStatus().isRunning()).isFalse();
    }

    @Test
    void serverIsStartedAtTheAddressThatIsMeant() throws Exception {
        simulator.startServer();
        int port = simulator.httpUrl().getPort();
        simulator.stopServer();

        cli.startServer(new ServerAddress("127.0.0.1", port));

        assertThat(cli.serverStatus()).isEqualTo(new ServerStatus(true, port));
        assertThat(simulator.journal().calls("server", "start"))
                .singleElement()
                .extracting(JournalEntry::argv)
                .isEqualTo(List.of("server", "start", "--port=" + port, "--bind=127.0.0.1"));
        cli.startServer(new ServerAddress("127.0.0.1", port));
        assertThat(cli.serverStatus().isRunning()).isTrue();
    }

    @Test
    void portThatIsTakenIsAFact() throws Exception {
        simulator.stopServer();
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ServerAddress taken = new ServerAddress("127.0.0.1", other.getLocalPort());

            assertFails(() -> cli.startServer(taken), "REFUSED", "EADDRINUSE");
        }
        assertThat(cli.serverStatus().isRunning()).isFalse();
    }

    @Test
    void serverThatLmsCouldNotVerifyMayRunAllTheSame() throws Exception {
        ServerAddress address =
                new ServerAddress("127.0.0.1", simulator.httpUrl().getPort());
        simulator.stopServer();
        simulator.fault(Fault.on("server start", "notVerified").once());

        assertFails(() -> cli.startServer(address), "UNREACHABLE", "Failed to verify the server is running");

        assertThat(cli.serverStatus().isRunning()).isTrue();
    }

    @Test
    void startOfTheServerThatHangsIsGivenUp() {
        simulator.fault(Fault.on("server start", "hang").once());
        LmsCli impatient = cli(Installed.deadlines(Duration.ofSeconds(1)));

        assertFails(() -> impatient.startServer(new ServerAddress("127.0.0.1", 1234)), "TIMED_OUT", "1 s");
    }

    @Test
    void startOfTheServerStartsNoLmStudio() {
        ServerAddress address =
                new ServerAddress("127.0.0.1", simulator.httpUrl().getPort());
        simulator.setInstalled(true);
        simulator.stopDaemon();

        assertFails(() -> cli.startServer(address), "UNREACHABLE", "lms daemon up");

        assertThat(simulator.state().path("daemon").asText()).isEqualTo("down");
        assertThat(simulator.state().path("serverRunning").asBoolean()).isFalse();
    }

    @Test
    void exactNameIsDownloaded() throws Exception {
        List<DownloadProgress> reported = new ArrayList<>();

        cli.download("qwen/qwen3-14b", reported::add);

        assertThat(reported).last().isEqualTo(new DownloadProgress(100, 2_000_000_000L, 2_000_000_000L));

        assertThat(cli.listDownloaded()).extracting(DownloadedModel::modelKey).contains("qwen/qwen3-14b");
    }

    @Test
    void nameThatTheCatalogueDoesNotHaveIsAFact() {
        assertFails(() -> cli.download("acme/missing", progress -> {}), "MODEL_NOT_FOUND", "acme/missing");
    }

    @ParameterizedTest
    @CsvSource({
        "hang, TIMED_OUT",
        "authHang, TIMED_OUT",
        "garbage, UNREADABLE_OUTPUT",
        "truncate, UNREADABLE_OUTPUT",
        "html, UNREADABLE_OUTPUT",
        "empty, UNREADABLE_OUTPUT",
        "huge, UNREADABLE_OUTPUT",
        "removeField, UNREADABLE_OUTPUT",
        "missingField, VERSION_MISMATCH",
        "newStatus, VERSION_MISMATCH",
        "unknownCall, VERSION_MISMATCH",
        "prompt, REFUSED",
        "authRejected, NOT_AUTHENTICATED",
        "connectionLost, UNREACHABLE",
        "alreadyUnloaded, INSTANCE_GONE",
        "serverError, UNKNOWN",
        "signal, KILLED",
        "exit, UNKNOWN"
    })
    void failedListIsNeverAList(String fault, String kind) {
        simulator.placeInstance("qwen3-4b", "team-a");
        simulator.fault(Fault.on("ps", fault).once());
        boolean isToTimeOut = kind.equals("TIMED_OUT");
        LmsCli asked = isToTimeOut ? cli(Installed.deadlines(Duration.ofSeconds(3))) : cli;

        assertFails(asked::listLoaded, kind, "lms ps");
    }

    @Test
    void unknownFieldIsIgnored() throws Exception {
        simulator.placeInstance("qwen3-4b", "team-a");
        simulator.fault(Fault.on("ps", "unknownField").once());

        assertThat(cli.listLoaded()).hasSize(1);
    }

    @Test
    void grandchildThatKeepsTheOutputOpenDoesNotBlockTheCall() throws Exception {
        simulator.fault(Fault.on("ps", "grandchild").once().with("seconds", 50));

        assertThat(cli.listLoaded()).isEmpty();
    }

    private String pathOf(String modelKey) throws Exception {
        return cli.listDownloaded().stream()
                .filter(model -> model.modelKey().equals(modelKey))
                .map(DownloadedModel::path)
                .findFirst()
                .orElseThrow();
    }

    private static LoadRequest load(String modelKey, String identifier) {
        return new LoadRequest(modelKey, identifier, TTL, null, null, null, null);
    }

    private LmsCli cli(LmsSettings.Deadlines deadlines) {
        return new LmsCli(Installed.at(simulator.lmsExecutable(), simulator.home(), deadlines));
    }
}
