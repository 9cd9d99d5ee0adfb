package dev.lmstudiooperator.benchmark;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** Measures the growth of the used heap after a collection since this object was created. */
final class Heap {

    private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

    private final long before = used();

    /** Returns megabytes, and 0 if the heap shrank. */
    double growth() {
        return Math.max(0, used() - before) / 1e6;
    }

    private static long used() {
        MEMORY.gc();
        return MEMORY.getHeapMemoryUsage().getUsed();
    }
}
