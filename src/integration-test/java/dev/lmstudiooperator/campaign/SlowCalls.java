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
 * Sees each call of {@code lms} that changes something. When a plan strikes one, each lasts in simulated time, so that it can be
 * struck while it runs; what is not struck is let go on by moving the clock.
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

    /** Watches from now on, if the plan may strike a call; where it does not, calls are only counted, at the end. */
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

    /** Only what has been seen is let go on: a call that has begun since is not to end before it can be struck. */
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

    /** No moving of the clock ends what hangs. */
    private static boolean isLasting(JournalEntry call) {
        return !call.isFinished() && !call.waitsFor().equals(Optional.of("fault"));
    }

    /** What a call does wrong by itself, it has to be told before it begins. */
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
                // It was told to before it began.
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
            default -> throw new IllegalArgumentException(disturbance + " does not strike a call");
        }
    }

    /** What begins from now on lasts no longer than usual. */
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

    /** What was asked of LM Studio goes on though nobody waits for it. */
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

    /** Counts what was not seen before, and makes sure that each call that was to be struck was struck. */
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
                throw new IllegalStateException("The call %s was not seen in time".formatted(call.argv()));
            }
        });
        long left = armed.stream().filter(lmStudio::revoke).count();
        if (left > (interference.nextCall().isPresent() ? 1 : 0)) {
            throw new IllegalStateException("A call was to be struck, and was not");
        }
    }
}
