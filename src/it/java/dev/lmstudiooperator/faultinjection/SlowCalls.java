package dev.lmstudiooperator.faultinjection;

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
 * time, so that the fault occurs during the call. The other calls end when the clock is advanced.
 */
final class SlowCalls implements AutoCloseable {

    private static final Duration DURATION = Duration.ofSeconds(10);
    private static final long POLL_MILLIS = 20;
    private static final List<String> COMMANDS = List.of("load", "unload", "get");

    private final SimulatorProcess lmStudio;
    private final TestedOperator agent;
    private final FaultInjector injector;
    private final Set<Long> seen = new HashSet<>();
    private final List<Long> armed = new ArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread;
    private boolean isSlow;
    private long delay;

    private SlowCalls(AgentTestBed testBed, FaultInjector injector, boolean isSlow) {
        this.lmStudio = testBed.lmStudio();
        this.agent = testBed.operator();
        this.injector = injector;
        this.isSlow = isSlow;
        this.thread = Thread.ofPlatform().daemon().name("slow-calls").unstarted(this::watch);
    }

    /** Starts watching if the plan injects a fault into a call. Otherwise calls are only counted, at the end. */
    static SlowCalls watch(AgentTestBed testBed, FaultInjector injector, boolean isSlow) {
        SlowCalls calls = new SlowCalls(testBed, injector, isSlow);
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
            while (!end.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                poll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Advances the clock only for observed calls. A call that has begun since then must not end before its fault is injected.
     */
    private void poll() {
        List<JournalEntry> calls = changes();
        for (JournalEntry call : calls) {
            if (seen.add(call.seq())) {
                Optional<FaultType> type = injector.call();
                arm();
                type.ifPresent(fault -> inject(fault, call));
            }
        }
        if (isSlow && calls.stream().anyMatch(SlowCalls::isInProgress)) {
            lmStudio.advanceClock(DURATION);
        }
    }

    /** Returns false for a call that hangs, because advancing the clock does not end it. */
    private static boolean isInProgress(JournalEntry call) {
        return !call.isFinished() && !call.waitsFor().equals(Optional.of("fault"));
    }

    /** Enables the simulator fault for the next call. It must be enabled before the call begins. */
    private void arm() {
        injector.nextCall()
                .flatMap(SlowCalls::simulatorFault)
                .map(kind -> lmStudio.fault(
                        Fault.on(String.join(",", COMMANDS), kind).once()))
                .ifPresent(armed::add);
    }

    private static Optional<String> simulatorFault(FaultType type) {
        return switch (type) {
            case CALL_LIES -> Optional.of("noEffect");
            case CALL_HANGS -> Optional.of("hang");
            default -> Optional.empty();
        };
    }

    private void inject(FaultType type, JournalEntry call) {
        switch (type) {
            case CALL_LIES, CALL_HANGS -> {
                // The simulator fault was enabled before the call began.
            }
            case CALL_CUT_OFF -> {
                ProcessHandle.of(call.raw().path("pid").asLong()).ifPresent(ProcessHandle::destroyForcibly);
                completeLoads();
            }
            case CRASH_CALL_GOES_ON -> {
                agent.kill();
                endSlowness();
                agent.launch();
                agent.awaitReady();
            }
            case CRASH_CALL_ENDS_ALONE -> {
                agent.kill();
                endSlowness();
                completeCall(call.seq());
                agent.launch();
            }
            case CRASH_CALL_DIES -> {
                agent.killWithChildren();
                endSlowness();
                completeLoads();
                agent.launch();
            }
            case CRASH_CALL_ARRIVES_LATE -> {
                agent.killWithChildren();
                endSlowness();
                agent.launch();
                agent.awaitReady();
                completeLoads();
            }
            default -> throw new IllegalArgumentException(type + " is not a fault of a call");
        }
    }

    /** Calls that begin from now on take no simulated time. */
    private void endSlowness() {
        isSlow = false;
        lmStudio.revoke(delay);
        lmStudio.setLoadTime(Duration.ZERO);
        lmStudio.set("downloadMillis", 0);
    }

    private void completeCall(long call) {
        while (changes().stream().anyMatch(entry -> entry.seq() == call && !entry.isFinished())) {
            lmStudio.advanceClock(DURATION);
        }
    }

    /** LM Studio completes a requested load even if no client waits for it. */
    private void completeLoads() {
        while (lmStudio.journal().loads().stream().anyMatch(load -> !load.isFinished())) {
            lmStudio.advanceClock(DURATION);
        }
    }

    private List<JournalEntry> changes() {
        return COMMANDS.stream()
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
            endSlowness();
        }
        changes().stream().filter(call -> seen.add(call.seq())).forEach(call -> {
            Optional<FaultType> tooLate = injector.call();
            if (tooLate.flatMap(SlowCalls::simulatorFault).isEmpty() && tooLate.isPresent()) {
                throw new IllegalStateException("The call %s was not observed in time".formatted(call.argv()));
            }
        });
        long notInjected = armed.stream().filter(lmStudio::revoke).count();
        if (notInjected > (injector.nextCall().isPresent() ? 1 : 0)) {
            throw new IllegalStateException("A planned fault of a call was not injected");
        }
    }
}
