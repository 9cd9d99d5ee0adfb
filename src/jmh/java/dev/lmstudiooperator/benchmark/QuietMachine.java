package dev.lmstudiooperator.benchmark;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import com.sun.management.OperatingSystemMXBean;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Waits until the machine is idle before measuring, because a process that is just ending, such as a compiler, can
 * still use CPU. With {@code -Dbenchmark.busy=true}, which is for developers of benchmarks, the benchmark runs in any
 * case, and the report says so.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(QuietMachine.Guard.class)
public @interface QuietMachine {

    final class Guard implements BeforeAllCallback {

        private static final double BUSY = 0.2;
        private static final Duration WINDOW = Duration.ofSeconds(2);
        private static final Duration PATIENCE = Duration.ofMinutes(1);
        private static final OperatingSystemMXBean SYSTEM =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

        /** Returns whether the benchmark runs even on a busy machine. */
        static boolean isOff() {
            return Boolean.getBoolean("benchmark.busy");
        }

        @Override
        public void beforeAll(ExtensionContext context) {
            if (isOff()) {
                return;
            }
            eventually(
                    "less than %.0f %% of the CPU is used: stop other processes, or use another machine"
                            .formatted(100 * BUSY),
                    PATIENCE,
                    Guard::load,
                    load -> load < BUSY);
        }

        /** The bean reports the load since the previous call. */
        private static double load() {
            SYSTEM.getCpuLoad();
            Clocked.pass(WINDOW);
            return SYSTEM.getCpuLoad();
        }
    }
}
