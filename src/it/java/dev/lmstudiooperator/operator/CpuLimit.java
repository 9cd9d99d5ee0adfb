package dev.lmstudiooperator.operator;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Lets a process run for 10 ms of every 100 ms, like a CPU limit of 100m. It uses signals, because not every user can create
 * a cgroup. On several CPUs the process can use each of them in that time.
 */
final class CpuLimit implements AutoCloseable {

    /** Ends together with the process that set the limit, and resumes the limited process. */
    private static final String STOP_AND_GO = """
            my ($limited, $parent) = (shift, getppid());
            my $ended = 0;
            $SIG{TERM} = sub { $ended = 1 };
            while (!$ended && getppid() == $parent && kill('STOP', $limited)) {
              select(undef, undef, undef, 0.09);
              kill('CONT', $limited);
              select(undef, undef, undef, 0.01);
            }
            kill('CONT', $limited);
            """;

    private final Process limiter;

    private CpuLimit(Process limiter) {
        this.limiter = limiter;
    }

    static CpuLimit on(long pid) {
        try {
            return new CpuLimit(new ProcessBuilder("perl", "-e", STOP_AND_GO, String.valueOf(pid))
                    .inheritIO()
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes the limit. */
    void lift() {
        limiter.destroy();
        limiter.onExit().join();
    }

    @Override
    public void close() {
        lift();
    }
}
