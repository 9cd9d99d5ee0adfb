package dev.lmstudiooperator.simulator.http;

import dev.lmstudiooperator.simulator.state.Daemon;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.LockSupport;

/** Connections that are accepted and get no response. */
final class HangingConnections {

    private static final long POLL_NANOS = 20_000_000;

    private HangingConnections() {}

    /** Returns when the daemon is not frozen. */
    static void waitWhileFrozen(Daemon daemon) throws InterruptedIOException {
        while (daemon.state() == Daemon.State.FROZEN) {
            LockSupport.parkNanos(POLL_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedIOException("the server was closed");
            }
        }
    }
}
