package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.cli.GetCommand.Artifact;
import dev.lmstudiooperator.simulator.fault.Fault;
import dev.lmstudiooperator.simulator.fault.FaultKind;
import dev.lmstudiooperator.simulator.state.ServerError;
import java.time.Duration;
import java.util.List;

/** Downloads a model, and prints the plan and the progress. A SIGINT only prints a prompt. */
final class Download {

    private static final String LINE = "\u001b[0K\n\r";
    private static final String SHOW_CURSOR = "\u001b[?25h";
    private static final int STEPS = 5;
    private static final Duration FRAME = Duration.ofMillis(50);

    private final Call call;
    private final Artifact artifact;
    private final boolean assumesYes;
    private boolean interrupted;

    Download(Call call, Artifact artifact, boolean assumesYes) {
        this.call = call;
        this.artifact = artifact;
        this.assumesYes = assumesYes;
    }

    int run() throws InterruptedException {
        call.out("\u001b[?25l\r" + LINE + "   ⧗ " + (artifact.inCatalog() ? artifact.name() : "Concrete Model")
                + " - Pending..." + LINE + LINE);
        if (!artifact.exists()) {
            call.out("⠴ Resolving download plan...\u001b[0K\n" + SHOW_CURSOR);
            throw call.failure("Error: Artifact " + artifact.name() + " not found. \n");
        }
        call.out("⠴ Resolving download plan..." + LINE + LINE);
        if (artifact.isDownloaded()) {
            call.out(plan() + LINE + "⠴ Resolving download plan..." + LINE + LINE + plan() + "\u001b[0K\n"
                    + SHOW_CURSOR);
            call.info("Model already downloaded. To use, run: lms load " + artifact.name() + "\n");
            return 0;
        }
        var size = Messages.decimalSize(Artifact.BYTES);
        call.out(plan() + LINE + "⠴ Resolving download plan... (" + size + ")" + LINE + LINE + plan() + LINE
                + (assumesYes ? "Resolution completed. Downloading " + size + "..." : "About to download " + size + ".")
                + "\u001b[0K\n" + SHOW_CURSOR);
        if (call.fault(FaultKind.NO_EFFECT).isEmpty()) {
            transfer();
            call.lmStudio().modelStore().put(List.of(artifact.model()));
            call.entry().effect("downloaded " + artifact.model().modelKey());
        }
        if (!interrupted) {
            call.out("\u001b[2K\u001b[1G" + SHOW_CURSOR);
            call.info("Finalizing download...\n");
        } else {
            call.out(SHOW_CURSOR);
        }
        call.info("Download completed.\n");
        return 0;
    }

    private String plan() {
        var size = Messages.decimalSize(Artifact.BYTES);
        if (!artifact.inCatalog()) {
            return "   ↓ To download: " + artifact.name() + " Q4_K_M [GGUF] - " + size + LINE;
        }
        return artifact.isDownloaded()
                ? "   ✓ Satisfied " + artifact.name() + LINE + "   └─ ✓ Satisfied " + artifact.name() + " Q4_K_M [GGUF]"
                        + LINE
                : "   ↓ To download: model " + artifact.name() + " - 1.00 KB" + LINE + "   └─ ↓ To download: "
                        + artifact.name() + " Q4_K_M [GGUF] - " + size + LINE;
    }

    private void transfer() throws InterruptedException {
        var clock = call.lmStudio().clock();
        var started = call.lmStudio().downloads().start(artifact.name());
        call.entry().waitsFor("download");
        var duration = Duration.ofMillis(call.lmStudio().settings().downloadMillis());
        for (int step = 0; step < STEPS; step++) {
            failAt((double) step / STEPS);
            draw(step);
            var next = started.plus(duration.multipliedBy(step + 1).dividedBy(STEPS));
            while (clock.instant().isBefore(next)) {
                handleEvent(step);
            }
        }
        draw(STEPS);
        call.lmStudio().downloads().end(artifact.name());
    }

    private void handleEvent(int step) throws InterruptedException {
        switch (call.connection().await(FRAME)) {
            case DISCONNECTED -> throw CallEndedException.disconnected();
            case INTERRUPTED -> {
                interrupted = true;
                call.err("\nContinue to download in the background? (Y/N): ");
            }
            case CHANGED -> {
                if (!interrupted) {
                    draw(step);
                }
            }
        }
    }

    private void failAt(double progress) {
        var connectionLost = call.fault(FaultKind.LOAD_CONNECTION_LOST);
        var failure = call.fault(FaultKind.LOAD_FAILS);
        if (connectionLost
                .or(() -> failure)
                .filter(fault -> progress >= at(fault))
                .isEmpty()) {
            return;
        }
        call.out("\u001b[2K\u001b[1G" + SHOW_CURSOR);
        if (connectionLost.isPresent()) {
            throw call.failure(Messages.connectionLost("Repository").replaceFirst("    at [^\n]*\n$", ""));
        }
        throw call.failure(ServerError.of(
                failure.map(fault -> fault.text("title", "Download failed")).orElse("")));
    }

    private static double at(Fault fault) {
        return fault.parameters().path("at").asDouble(0.5);
    }

    private void draw(int step) {
        if (interrupted) {
            return;
        }
        var bar = "█".repeat(22 * step / STEPS) + " ".repeat(22 - 22 * step / STEPS);
        var percentage = Messages.number(100.0 * step / STEPS) + "%";
        call.out("\u001b[?25l\u001b[s\r⠙ [" + bar + "] " + percentage + " | "
                + Messages.decimalSize(Artifact.BYTES * step / STEPS) + " / " + Messages.decimalSize(Artifact.BYTES)
                + "          \u001b[u");
    }
}
