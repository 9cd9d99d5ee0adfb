package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.fault.FaultKind;
import dev.lmstudiooperator.simulator.state.Instance;
import dev.lmstudiooperator.simulator.state.LoadJob;
import dev.lmstudiooperator.simulator.state.LoadRequest;
import dev.lmstudiooperator.simulator.state.Model;
import dev.lmstudiooperator.simulator.state.ServerError;
import java.time.Duration;
import java.util.Objects;

/** Displays the progress of a load until the server reports its end. */
final class LoadWatcher {

    static final String END = "\r\u001b[K\u001b[?25h";
    private static final String SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
    private static final Duration FRAME = Duration.ofMillis(80);

    private final Call call;
    private final String label;
    private long lastFrameNanos = System.nanoTime();
    private int frames;

    LoadWatcher(Call call, Model model) {
        this.call = call;
        var device = model.deviceIdentifier();
        var location = device == null ? "" : " on " + call.lmStudio().settings().deviceName(device);
        this.label = "Loading " + model.modelKey() + location;
    }

    Instance load(LoadRequest request, LoadJob.PlannedFailure plannedFailure) throws InterruptedException {
        LoadJob job;
        try {
            job = call.lmStudio().loads().start(request, plannedFailure, call.connection()::signalChange);
        } catch (ServerError.RefusedException e) {
            call.out(END);
            throw call.failure(e.error());
        }
        draw(0);
        while (job.phase() == LoadJob.Phase.LOADING) {
            watch(job);
        }
        call.out(END);
        return switch (job.phase()) {
            case LOADED -> {
                call.entry().effect("loaded " + job.instance().summary());
                yield job.instance();
            }
            case FAILED ->
                throw call.failure(Objects.requireNonNullElse(job.error(), ServerError.of("Failed to load model")));
            case CANCELLED, LOADING -> throw call.failure(Messages.connectionLost("LLM"));
        };
    }

    private void watch(LoadJob job) throws InterruptedException {
        switch (call.connection().await(FRAME)) {
            case INTERRUPTED -> {
                job.cancel();
                call.entry().effect("cancelled " + job.instance().summary());
                call.out(END);
                throw call.failure("W Load cancelled.\n");
            }
            case DISCONNECTED -> {
                abandon(job);
                throw CallEndedException.disconnected();
            }
            case CHANGED -> {
                failIfConnectionLost(job);
                draw(job.progress());
            }
        }
    }

    private void failIfConnectionLost(LoadJob job) {
        if (job.progress() >= 0.5 && call.fault(FaultKind.LOAD_CONNECTION_LOST).isPresent()) {
            abandon(job);
            call.out(END);
            throw call.failure(Messages.connectionLost("LLM"));
        }
    }

    /** The server receives no cancellation. A setting decides whether the load continues. */
    private void abandon(LoadJob job) {
        if (call.lmStudio().settings().lateLoad()) {
            job.detach();
        } else {
            job.cancel();
        }
    }

    private void draw(double progress) {
        long now = System.nanoTime();
        if (now - lastFrameNanos >= FRAME.toNanos()) {
            frames++;
            lastFrameNanos = now;
        }
        call.out("\u001b[?25l\r" + label + " " + Math.round(progress * 100) + "% "
                + SPINNER.charAt(frames % SPINNER.length()));
    }
}
