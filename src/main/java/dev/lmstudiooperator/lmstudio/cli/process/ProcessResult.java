package dev.lmstudiooperator.lmstudio.cli.process;

import java.time.Duration;
import java.util.List;

/**
 * What a child process left.
 *
 * @param stdout empty when it was discarded or followed; cut where the ending is not the program's own
 * @param stderr like stdout
 * @param unkilled processes of its tree that outlived even SIGKILL, in uninterruptible sleep for example
 */
public record ProcessResult(ExitStatus ending, String stdout, String stderr, Duration took, List<Long> unkilled) {}
