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
 * Measures nothing while the machine is busy with something else; what has just ended, as a compiler, may die away. With {@code
 * -Dbenchmark.busy=true} it is measured all the same, by whoever develops a benchmark, and the report says so.
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

        /** Whether it is measured whatever else the machine does. */
        static boolean isOff() {
            return Boolean.getBoolean("benchmark.busy");
        }

        @Override
        public void beforeAll(ExtensionContext context) {
            if (isOff()) {
                return;
            }
            eventually(
                    "less than %.0f %% of this machine is busy: end what keeps it busy, or measure elsewhere"
                            .formatted(100 * BUSY),
                    PATIENCE,
                    Guard::load,
                    load -> load < BUSY);
        }

        /** The bean tells of the time since it was asked before. */
        private static double load() {
            SYSTEM.getCpuLoad();
            Clocked.pass(WINDOW);
            return SYSTEM.getCpuLoad();
        }
    }
}
