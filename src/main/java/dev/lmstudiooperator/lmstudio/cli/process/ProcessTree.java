package dev.lmstudiooperator.lmstudio.cli.process;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Processes and everything that they started. Children whose parent ends are adopted by another process and can no longer
 * be found by parentage, so whoever was seen once stays a member.
 */
public final class ProcessTree {

    /** How long SIGKILL is waited for. Whatever is alive after that sleeps in the kernel, and nobody can end it. */
    private static final Duration KILL_PATIENCE = Duration.ofSeconds(3);

    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Set<ProcessHandle> members = new LinkedHashSet<>();

    public ProcessTree(Collection<ProcessHandle> roots) {
        members.addAll(roots);
    }

    /** Looks for new members. */
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
     * Ends all members: SIGINT, the grace, SIGKILL. Takes no longer than the grace and a few seconds, and cannot be
     * interrupted: who interrupts wants the tree gone as well.
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

    /** Kills all members without asking. */
    List<Long> kill() {
        if (awaitEnd(KILL_PATIENCE, true)) {
            Thread.currentThread().interrupt();
        }
        return alive().stream().map(ProcessHandle::pid).toList();
    }

    /**
     * Waits for all members. By looking, because there is no event to wait for: {@link ProcessHandle#onExit} of a process
     * that is not a child looks too, only less often, and its thread never ends for a zombie.
     *
     * @param kill whether to send SIGKILL in each round: members may start others until the last one is gone
     * @return whether the thread was interrupted meanwhile
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
