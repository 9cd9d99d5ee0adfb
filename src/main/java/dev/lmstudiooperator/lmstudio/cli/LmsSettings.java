package dev.lmstudiooperator.lmstudio.cli;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings for running {@code lms}.
 *
 * @param executable the absolute path of the {@code lms} that belongs to the running LM Studio
 * @param home the home directory of the user who runs LM Studio; it contains the key that authenticates {@code lms}
 * @param apiServerInfoPath the file in which the running LM Studio wrote its port. With this path set, {@code lms} does
 *     not start another LM Studio when it finds none
 * @param scratchFolder the absolute path of the folder for the output of {@code lms} while it runs
 * @param grace the time from SIGINT, which cancels a load in LM Studio, to SIGKILL
 * @param outputBytes the maximum output before {@code lms} is killed, in bytes; a list of 10,000 models has about 7 MB
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
     * The maximum duration of each operation.
     *
     * @param read for listing models and for reading the state of the server
     * @param serverStart {@code lms} verifies the start five times, at intervals of one second
     */
    public record Deadlines(Duration read, Duration load, Duration unload, Duration download, Duration serverStart) {}
}
