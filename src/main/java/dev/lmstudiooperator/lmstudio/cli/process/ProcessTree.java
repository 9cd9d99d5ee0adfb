package dev.lmstudiooperator.lmstudio.cli.process;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Tracks processes and all their descendants. When a parent ends, another process adopts its children, and the parent
 * relation no longer finds them. Every process that was found once therefore stays a member.
 */
public final class ProcessTree {

    /**
     * The maximum wait after SIGKILL. A process that is alive after this time sleeps in the kernel and cannot be ended.
     */
    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(3);

    private static final Duration PAUSE = Duration.ofMillis(20);

    private static final long INTERRUPT_TIMEOUT_SECONDS = 2;

    private static final List<Path> KILL = List.of(Path.of("/bin/kill"), Path.of("/usr/bin/kill"));

    private final Set<ProcessHandle> members = new LinkedHashSet<>();

    public ProcessTree(Collection<ProcessHandle> roots) {
        members.addAll(roots);
    }

    /** Adds new descendants. */
    void collect() {
        for (ProcessHandle member : List.copyOf(members)) {
            member.descendants().forEach(members::add);
        }
    }

    List<ProcessHandle> alive() {
        return members.stream()
                .filter(member -> member.isAlive() && !ProcFs.isZombie(member.pid()))
                .toList();
    }

    /**
     * Ends all members: SIGINT, the grace period, SIGKILL. Takes at most the grace period and a few seconds. An
     * interrupt does not shorten it, because the interrupting thread also needs the tree to end.
     *
     * @return the members that are still alive
     */
    public List<Long> end(Duration grace) {
        boolean interrupted = Thread.interrupted();
        collect();
        try {
            interrupt(alive());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        interrupted |= awaitEnd(grace, false);
        interrupted |= awaitEnd(KILL_TIMEOUT, true);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return alive().stream().map(ProcessHandle::pid).toList();
    }

    /**
     * Sends SIGINT, which the Java library does not support.
     *
     * <p>Slim images lack {@code /bin/kill}. The fallback is the {@code kill} command of the shell, with a fixed
     * script. A process that was started with SIGINT ignored does not react; this includes the children of a background
     * job of a shell. SIGKILL follows for such a process, and on systems without either command.
     */
    private static void interrupt(Collection<ProcessHandle> processes) throws InterruptedException {
        if (processes.isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>(KILL.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .map(kill -> List.of(kill.toString(), "-INT"))
                .orElse(List.of("/bin/sh", "-c", "kill -INT \"$@\"", "kill")));
        processes.forEach(process -> command.add(Long.toString(process.pid())));
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD);
            builder.environment().clear();
            Process kill = builder.start();
            try {
                // A nonzero exit code means only that one of the processes has already ended.
                if (!kill.waitFor(INTERRUPT_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                    kill.destroyForcibly();
                }
            } catch (InterruptedException e) {
                kill.destroyForcibly();
                throw e;
            }
        } catch (IOException e) {
            processes.forEach(ProcessHandle::destroy);
        }
    }

    /** Kills all members without SIGINT and a grace period. */
    List<Long> kill() {
        if (awaitEnd(KILL_TIMEOUT, true)) {
            Thread.currentThread().interrupt();
        }
        return alive().stream().map(ProcessHandle::pid).toList();
    }

    /**
     * Waits for all members by polling, because there is no event. {@link ProcessHandle#onExit} also polls for a
     * process that is not a child, less often, and its thread never ends for a zombie.
     *
     * @param kill whether to send SIGKILL at each poll, because members may start other processes until the last one is
     *     gone
     * @return whether the thread was interrupted during the wait
     */
    private boolean awaitEnd(Duration timeout, boolean kill) {
        boolean interrupted = false;
        long start = System.nanoTime();
        List<ProcessHandle> alive = alive();
        while (!alive.isEmpty() && System.nanoTime() - start < timeout.toNanos()) {
            collect();
            if (kill) {
                alive.forEach(ProcessHandle::destroyForcibly);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
            interrupted |= Thread.interrupted();
            alive = alive();
        }
        return interrupted;
    }
}
