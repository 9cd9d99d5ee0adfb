package dev.lmstudiooperator.lmstudio.cli;

import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.DownloadedModel;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure.Kind;
import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioCli;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import dev.lmstudiooperator.lmstudio.LoadRequest;
import dev.lmstudiooperator.lmstudio.TextSanitizer;
import dev.lmstudiooperator.lmstudio.cli.process.Command;
import dev.lmstudiooperator.lmstudio.cli.process.Command.Limits;
import dev.lmstudiooperator.lmstudio.cli.process.Command.StandardOutput;
import dev.lmstudiooperator.lmstudio.cli.process.ProcessResult;
import dev.lmstudiooperator.lmstudio.cli.process.ProcessRunner;
import dev.lmstudiooperator.lmstudio.cli.process.ProcessRunner.CannotStartException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Implements {@link LmStudioCli} with the {@code lms} executable. It is thread-safe, but does not limit concurrent
 * calls.
 */
public final class LmsCli implements LmStudioCli {

    private final LmsSettings settings;
    private final LmsExecutable executable;
    private final ProcessRunner runner;
    private final Map<String, String> environment;

    /** Does not start a process or check the executable, which may be installed later. */
    public LmsCli(LmsSettings settings) {
        this.settings = settings;
        this.executable = new LmsExecutable(settings.executable());
        this.runner = new ProcessRunner(settings.scratchFolder());
        this.environment = LmsEnvironment.of(settings);
    }

    @Override
    public List<DownloadedModel> listDownloaded() throws LmStudioFailure, InterruptedException {
        return LmsJsonParser.downloaded(run(Operation.LIST_DOWNLOADED, List.of("ls", "--json")));
    }

    @Override
    public List<Instance> listLoaded() throws LmStudioFailure, InterruptedException {
        return LmsJsonParser.loaded(run(Operation.LIST_LOADED, List.of("ps", "--json")));
    }

    @Override
    public void load(LoadRequest request) throws LmStudioFailure, InterruptedException {
        run(Operation.LOAD, LmsArguments.load(request));
    }

    /** {@inheritDoc} {@code lms} behaves the same way: it reports `Model Not Found` with exit code 0. */
    @Override
    public void unload(String identifier) throws LmStudioFailure, InterruptedException {
        run(Operation.UNLOAD, List.of("unload", LmsArguments.identifier(identifier)));
    }

    @Override
    public void download(String source, Consumer<DownloadProgress> progress)
            throws LmStudioFailure, InterruptedException {
        run(
                Operation.DOWNLOAD,
                List.of("get", LmsArguments.source(source), "--yes"),
                new StandardOutput.Followed(output -> ProgressBar.lastIn(output).ifPresent(progress)));
    }

    @Override
    public ServerStatus serverStatus() throws LmStudioFailure, InterruptedException {
        return LmsJsonParser.serverStatus(run(Operation.SERVER_STATUS, List.of("server", "status", "--json")));
    }

    @Override
    public void startServer(ServerAddress address) throws LmStudioFailure, InterruptedException {
        run(Operation.START_SERVER, LmsArguments.startServer(address));
    }

    @Override
    public String version() throws LmStudioFailure, InterruptedException {
        return LmsJsonParser.version(run(Operation.VERSION, List.of("version", "--json")));
    }

    @Override
    public String fileStamp() {
        return executable.stamp();
    }

    private String run(Operation operation, List<String> arguments) throws LmStudioFailure, InterruptedException {
        return run(operation, arguments, stdout(operation));
    }

    private String run(Operation operation, List<String> arguments, StandardOutput stdout)
            throws LmStudioFailure, InterruptedException {
        executable.verify();
        ProcessResult finished;
        try {
            finished = runner.run(new Command(
                    executable.path(),
                    arguments,
                    environment,
                    new Limits(deadline(operation), settings.grace(), settings.outputBytes()),
                    stdout,
                    LmsCli::isHopeless));
        } catch (CannotStartException e) {
            throw notStarted(operation, e);
        }
        Optional<LmStudioFailure> failure = LmsResultClassifier.on(operation, finished, settings.apiServerInfoPath());
        if (failure.isPresent()) {
            throw failure.get();
        }
        return finished.stdout();
    }

    /** Mutating operations write only a progress bar to stdout. */
    private static StandardOutput stdout(Operation operation) {
        return operation.changes() ? StandardOutput.DISCARDED : StandardOutput.KEPT;
    }

    private static boolean isHopeless(String stderr) {
        return LmsErrorPattern.hopelessIn(TextSanitizer.withoutEscapes(stderr)).isPresent();
    }

    private Duration deadline(Operation operation) {
        LmsSettings.Deadlines deadlines = settings.deadlines();
        return switch (operation) {
            case LIST_DOWNLOADED, LIST_LOADED, SERVER_STATUS, VERSION -> deadlines.read();
            case LOAD -> deadlines.load();
            case UNLOAD -> deadlines.unload();
            case DOWNLOAD -> deadlines.download();
            case START_SERVER -> deadlines.serverStart();
        };
    }

    private static LmStudioFailure notStarted(Operation operation, CannotStartException e) {
        String message = "%s could not be started: %s".formatted(operation.spoken(), TextSanitizer.of(e));
        return switch (e.reason()) {
            case EXECUTABLE ->
                new InfrastructureFailure(
                        Kind.CLI_NOT_USABLE,
                        message
                                + " — check that it is built for this machine, and that the machine can start processes",
                        e);
            case SCRATCH_FOLDER -> new InfrastructureFailure(Kind.CLI_NOT_USABLE, message, e);
            case ARGUMENT -> new DomainFailure(DomainFailure.Kind.REFUSED, message, e);
        };
    }
}
