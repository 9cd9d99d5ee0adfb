package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.state.Daemon;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;

/** Starts the daemon for {@code lms}, if no daemon answers and an installation exists. */
final class DaemonAutostart {

    private static final int POLLS = 60;
    private static final Duration FROZEN_POLL = Duration.ofSeconds(7);

    private final Call call;

    DaemonAutostart(Call call) {
        this.call = call;
    }

    void startDaemon() throws InterruptedException {
        var internal = call.invocation().internal();
        if (!Files.exists(internal.resolve("llmster-install-location.json"))
                && !Files.exists(internal.resolve("app-install-location.json"))) {
            throw call.failure("Error: LM Studio daemon is not running and no valid installation could be found or"
                    + " installed.\n" + failedToStart());
        }
        call.err("Waking up LM Studio service...\n");
        var frozen = call.daemon().state() == Daemon.State.FROZEN;
        recordEffect(frozen ? "started a second daemon beside the frozen one" : "autostarted the daemon");
        var readyAt = readyAt();
        for (int poll = 0; poll < POLLS; poll++) {
            call.pause(frozen ? FROZEN_POLL : Duration.ofSeconds(1));
            if (!frozen
                    && !Discovery.usesProxy(call)
                    && !call.lmStudio().clock().instant().isBefore(readyAt)) {
                call.daemon().start();
            }
            if (call.daemon().isRunning() && !Discovery.usesProxy(call)) {
                return;
            }
        }
        throw call.failure("Error: Timed out waiting for LM Studio daemon to start.\n" + failedToStart());
    }

    private Instant readyAt() {
        long millis = call.lmStudio().settings().autostartMillis();
        return millis < 0 ? Instant.MAX : call.lmStudio().clock().instant().plusMillis(millis);
    }

    private void recordEffect(String effect) {
        call.entry().effect(effect);
        call.lmStudio().journal().recordEvent(effect);
    }

    private static String failedToStart() {
        return "Error: Failed to start or connect to local LM Studio API server.\n";
    }
}
