package dev.lmstudiooperator.lmstudio.cli;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How {@code lms} is run.
 *
 * @param executable the {@code lms} that came with the running LM Studio; absolute
 * @param home the home directory of the user who runs LM Studio: the key that lets {@code lms} in lies below it
 * @param apiServerInfoPath the file in which the running LM Studio wrote its port. Naming it keeps {@code lms} from
 *     starting another LM Studio when it finds none
 * @param scratchFolder holds the output of {@code lms} while it runs; absolute
 * @param grace from SIGINT, which cancels a load in LM Studio, to SIGKILL
 * @param outputBytes how much {@code lms} may write before it is killed; 10,000 models are about 7 MB
 */
public record LmsSettings(
        Path executable,
        Path home,
        Path apiServerInfoPath,
        Path scratchFolder,
        Deadlines deadlines,
        Duration grace,
        long outputBytes) {

    /**
     * How long each operation may take.
     *
     * @param read listing models, and asking for the state of the server
     * @param serverStart {@code lms} verifies five times, a second apart
     */
    public record Deadlines(Duration read, Duration load, Duration unload, Duration download, Duration serverStart) {}
}
