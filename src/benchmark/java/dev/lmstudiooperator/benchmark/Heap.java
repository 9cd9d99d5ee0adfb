package dev.lmstudiooperator.benchmark;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** What is in use after a collection, compared with when this was made. */
final class Heap {

    private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

    private final long before = used();

    /** In megabytes; what shrank has not grown. */
    double growth() {
        return Math.max(0, used() - before) / 1e6;
    }

    private static long used() {
        MEMORY.gc();
        return MEMORY.getHeapMemoryUsage().getUsed();
    }
}
