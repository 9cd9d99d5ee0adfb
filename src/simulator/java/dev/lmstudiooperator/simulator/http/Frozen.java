package dev.lmstudiooperator.simulator.http;

import dev.lmstudiooperator.simulator.state.Daemon;
import dev.lmstudiooperator.simulator.state.DaemonState;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Connections that are accepted but not answered. */
final class Frozen {

    private static final long LOOK_NANOS = 20_000_000;

    private Frozen() {}

    static void waitWhile(Daemon daemon) throws InterruptedIOException {
        waitWhile(() -> daemon.state() == DaemonState.FROZEN);
    }

    static void waitWhile(BooleanSupplier condition) throws InterruptedIOException {
        while (condition.getAsBoolean()) {
            LockSupport.parkNanos(LOOK_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedIOException("the server was closed");
            }
        }
    }
}
