package dev.lmstudiooperator.lmstudio.cli.process;

import java.time.Duration;
import java.util.List;

/**
 * The result of a child process.
 *
 * @param stdout empty if it was discarded or followed; truncated if the process did not end by itself
 * @param stderr truncated like stdout
 * @param unkilled the processes of the tree that are alive after SIGKILL, for example in uninterruptible sleep
 */
public record ProcessResult(ExitStatus ending, String stdout, String stderr, Duration took, List<Long> unkilled) {}
