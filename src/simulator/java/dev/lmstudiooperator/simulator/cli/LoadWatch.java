package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.fault.FaultKind;
import dev.lmstudiooperator.simulator.state.Instance;
import dev.lmstudiooperator.simulator.state.LoadJob;
import dev.lmstudiooperator.simulator.state.LoadOrder;
import dev.lmstudiooperator.simulator.state.LoadPlan;
import dev.lmstudiooperator.simulator.state.Model;
import dev.lmstudiooperator.simulator.state.Refused;
import dev.lmstudiooperator.simulator.state.ServerError;
import java.time.Duration;
import java.util.Objects;

/** Displays a load on the command line: spinner frames until the server reports its end. */
final class LoadWatch {

    static final String END = "\r\u001b[K\u001b[?25h";
    private static final String SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
    private static final Duration FRAME = Duration.ofMillis(80);

    private final Call call;
    private final String label;
    private long lastTurn = System.nanoTime();
    private int turns;

    LoadWatch(Call call, Model model) {
        this.call = call;
        var device = model.deviceIdentifier();
        var place = device == null ? "" : " on " + call.lmStudio().settings().deviceName(device);
        this.label = "Loading " + model.modelKey() + place;
    }

    Instance load(LoadOrder order, LoadPlan plan) throws InterruptedException {
        LoadJob job;
        try {
            job = call.lmStudio().loads().start(order, plan, call.terminal()::wake);
        } catch (Refused refused) {
            call.out(END);
            throw call.failure(refused.error());
        }
        draw(0);
        while (job.stage() == LoadJob.Stage.LOADING) {
            watch(job);
        }
        call.out(END);
        return switch (job.stage()) {
            case LOADED -> {
                call.entry().effect("loaded " + job.instance().summary());
                yield job.instance();
            }
            case FAILED ->
                throw call.failure(Objects.requireNonNullElse(job.error(), ServerError.of("Failed to load model")));
            case CANCELLED, LOADING -> throw call.failure(Texts.connectionLost("LLM"));
        };
    }

    private void watch(LoadJob job) throws InterruptedException {
        switch (call.terminal().await(FRAME)) {
            case INTERRUPTED -> {
                job.cancel();
                call.entry().effect("cancelled " + job.instance().summary());
                call.out(END);
                throw call.failure("W Load cancelled.\n");
            }
            case GONE -> {
                abandon(job);
                throw new Ended(new Ending.Gone());
            }
            case CHANGED -> {
                loseConnection(job);
                draw(job.progress());
            }
        }
    }

    private void loseConnection(LoadJob job) {
        if (job.progress() >= 0.5 && call.fault(FaultKind.LOAD_CONNECTION_LOST).isPresent()) {
            abandon(job);
            call.out(END);
            throw call.failure(Texts.connectionLost("LLM"));
        }
    }

    /** The server receives no cancel. A setting decides whether the load continues. */
    private void abandon(LoadJob job) {
        if (call.lmStudio().settings().lateLoad()) {
            job.leave();
        } else {
            job.cancel();
        }
    }

    private void draw(double progress) {
        long now = System.nanoTime();
        if (now - lastTurn >= FRAME.toNanos()) {
            turns++;
            lastTurn = now;
        }
        call.out("\u001b[?25l\r" + label + " " + Math.round(progress * 100) + "% "
                + SPINNER.charAt(turns % SPINNER.length()));
    }
}
