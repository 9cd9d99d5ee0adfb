package dev.lmstudiooperator.lmstudio.cli.process;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Tracks processes and all their descendants. When a parent ends, another process adopts its children, and the parent
 * relation no longer finds them. Every process that was found once therefore stays a member.
 */
public final class ProcessTree {

    /**
     * The maximum wait after SIGKILL. A process that is alive after this time sleeps in the kernel and cannot be ended.
     */
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(3);

    private static final Duration PAUSE = Duration.ofMillis(20);

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
            InterruptSignal.send(alive());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        interrupted |= awaitEnd(grace, false);
        interrupted |= awaitEnd(KILL_PATIENCE, true);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return alive().stream().map(ProcessHandle::pid).toList();
    }

    /** Kills all members without SIGINT and a grace period. */
    List<Long> kill() {
        if (awaitEnd(KILL_PATIENCE, true)) {
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
    private boolean awaitEnd(Duration patience, boolean kill) {
        boolean interrupted = false;
        long start = System.nanoTime();
        List<ProcessHandle> alive = alive();
        while (!alive.isEmpty() && System.nanoTime() - start < patience.toNanos()) {
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
