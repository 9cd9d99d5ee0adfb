package dev.lmstudiooperator.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.lmstudiooperator.controlplane.Program;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the unit with systemd-analyze. A running systemd is not required, but the program is not on every machine. */
class SystemdUnitIT {

    private static final String UNIT = "deploy/systemd/lmstudio-operator.service";

    /**
     * The highest accepted exposure level, times ten. The levels of systemd range from 0 to 10, which means
     * unrestricted.
     */
    private static final String MOST_EXPOSED = "20";

    private final Program systemdAnalyze;

    SystemdUnitIT(@TempDir Path folder) {
        systemdAnalyze = new Program(Path.of("/usr/bin/systemd-analyze"), Map.of(), folder);
    }

    @BeforeEach
    void needSystemdAnalyze() {
        assumeThat(systemdAnalyze.executable()).isExecutable();
    }

    @Test
    void systemdFindsNothingToSayAgainstIt() {
        Program.Output output = systemdAnalyze.run("verify", "--man=no", UNIT);

        output.orThrow();
        assertThat(output.err()).isEmpty();
    }

    @Test
    void littleIsLeftOpen() {
        String judged = systemdAnalyze
                .run("security", "--offline=true", "--no-pager", "--threshold=" + MOST_EXPOSED, UNIT)
                .orThrow();

        assertThat(judged).contains("Overall exposure level for lmstudio-operator.service");
    }
}
