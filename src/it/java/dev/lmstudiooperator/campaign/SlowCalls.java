package dev.lmstudiooperator.campaign;

import dev.lmstudiooperator.simulator.Fault;
import dev.lmstudiooperator.simulator.JournalEntry;
import dev.lmstudiooperator.simulator.SimulatorProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Observes each call of {@code lms} that changes something. If a plan injects a fault into a call, each call takes simulated
 * time, so that the fault hits it while it runs. Other calls continue when the clock is advanced.
 */
final class SlowCalls implements AutoCloseable {

    private static final Duration DURATION = Duration.ofSeconds(10);
    private static final long PERIOD_MILLIS = 20;
    private static final List<String> WORDS = List.of("load", "unload", "get");

    private final SimulatorProcess lmStudio;
    private final Agent agent;
    private final Interference interference;
    private final Set<Long> seen = new HashSet<>();
    private final List<Long> armed = new ArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread;
    private boolean isSlow;
    private long delay;

    private SlowCalls(Stage stage, Interference interference, boolean isSlow) {
        this.lmStudio = stage.lmStudio();
        this.agent = stage.agent();
        this.interference = interference;
        this.isSlow = isSlow;
        this.thread = Thread.ofPlatform().daemon().name("slow-calls").unstarted(this::watch);
    }

    /** Starts watching if the plan injects a fault into a call. Otherwise calls are only counted, at the end. */
    static SlowCalls watch(Stage stage, Interference interference, boolean isSlow) {
        SlowCalls calls = new SlowCalls(stage, interference, isSlow);
        calls.changes().forEach(call -> calls.seen.add(call.seq()));
        if (isSlow) {
            calls.lmStudio.setLoadTime(DURATION);
            calls.lmStudio.set("downloadMillis", DURATION.toMillis());
            calls.delay = calls.lmStudio.fault(Fault.on("unload", "delay").with("millis", DURATION.toMillis()));
            calls.arm();
            calls.thread.start();
        }
        return calls;
    }

    private void watch() {
        try {
            while (!end.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Advances the clock only for observed calls. A call that began since then must not end before its fault is injected.
     */
    private void look() {
        List<JournalEntry> calls = changes();
        for (JournalEntry call : calls) {
            if (seen.add(call.seq())) {
                Optional<Disturbance> disturbance = interference.call();
                arm();
                disturbance.ifPresent(strike -> strike(strike, call));
            }
        }
        if (isSlow && calls.stream().anyMatch(SlowCalls::isLasting)) {
            lmStudio.advanceClock(DURATION);
        }
    }

    /** Advancing the clock does not end a call that hangs. */
    private static boolean isLasting(JournalEntry call) {
        return !call.isFinished() && !call.waitsFor().equals(Optional.of("fault"));
    }

    /** Some faults are behavior of the call itself. They must be set up before the call begins. */
    private void arm() {
        interference
                .nextCall()
                .flatMap(SlowCalls::fault)
                .map(kind ->
                        lmStudio.fault(Fault.on(String.join(",", WORDS), kind).once()))
                .ifPresent(armed::add);
    }

    private static Optional<String> fault(Disturbance disturbance) {
        return switch (disturbance) {
            case CALL_LIES -> Optional.of("noEffect");
            case CALL_HANGS -> Optional.of("hang");
            default -> Optional.empty();
        };
    }

    private void strike(Disturbance disturbance, JournalEntry call) {
        switch (disturbance) {
            case CALL_LIES, CALL_HANGS -> {
                // The fault was set up before the call began.
            }
            case CALL_CUT_OFF -> {
                ProcessHandle.of(call.raw().path("pid").asLong()).ifPresent(ProcessHandle::destroyForcibly);
                letArrive();
            }
            case CRASH_CALL_GOES_ON -> {
                agent.kill();
                hurry();
                agent.launch();
                agent.awaitReady();
            }
            case CRASH_CALL_ENDS_ALONE -> {
                agent.kill();
                hurry();
                letEnd(call.seq());
                agent.launch();
            }
            case CRASH_CALL_DIES -> {
                agent.killWithChildren();
                hurry();
                letArrive();
                agent.launch();
            }
            case CRASH_CALL_ARRIVES_LATE -> {
                agent.killWithChildren();
                hurry();
                agent.launch();
                agent.awaitReady();
                letArrive();
            }
            default -> throw new IllegalArgumentException(disturbance + " is not a fault of a call");
        }
    }

    /** Calls that begin from now on take the usual time. */
    private void hurry() {
        isSlow = false;
        lmStudio.revoke(delay);
        lmStudio.setLoadTime(Duration.ZERO);
        lmStudio.set("downloadMillis", 0);
    }

    private void letEnd(long call) {
        while (changes().stream().anyMatch(entry -> entry.seq() == call && !entry.isFinished())) {
            lmStudio.advanceClock(DURATION);
        }
    }

    /** LM Studio completes a requested load even if no client waits for it. */
    private void letArrive() {
        while (lmStudio.journal().loads().stream().anyMatch(load -> !load.isFinished())) {
            lmStudio.advanceClock(DURATION);
        }
    }

    private List<JournalEntry> changes() {
        return WORDS.stream()
                .flatMap(word -> lmStudio.journal().calls(word).stream())
                .toList();
    }

    /** Counts the remaining calls, and verifies that each planned fault of a call was injected. */
    @Override
    public void close() {
        end.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (isSlow) {
            hurry();
        }
        changes().stream().filter(call -> seen.add(call.seq())).forEach(call -> {
            Optional<Disturbance> tooLate = interference.call();
            if (tooLate.flatMap(SlowCalls::fault).isEmpty() && tooLate.isPresent()) {
                throw new IllegalStateException("The call %s was not observed in time".formatted(call.argv()));
            }
        });
        long left = armed.stream().filter(lmStudio::revoke).count();
        if (left > (interference.nextCall().isPresent() ? 1 : 0)) {
            throw new IllegalStateException("A planned fault of a call was not injected");
        }
    }
}
