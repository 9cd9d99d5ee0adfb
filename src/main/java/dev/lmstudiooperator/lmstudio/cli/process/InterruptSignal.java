package dev.lmstudiooperator.lmstudio.cli.process;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Sends SIGINT, which the Java library does not support.
 *
 * <p>Slim images lack {@code /bin/kill}. The fallback is the {@code kill} command of the shell, with a fixed script. A
 * process that was started with SIGINT ignored does not react; this includes the children of a background job of a
 * shell. SIGKILL follows for such a process, and on systems without either command.
 */
final class InterruptSignal {

    private static final long PATIENCE_SECONDS = 2;
    private static final List<Path> KILL = List.of(Path.of("/bin/kill"), Path.of("/usr/bin/kill"));

    private InterruptSignal() {}

    static void send(Collection<ProcessHandle> processes) throws InterruptedException {
        if (processes.isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>(KILL.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .map(kill -> List.of(kill.toString(), "-INT"))
                .orElse(List.of("/bin/sh", "-c", "kill -INT \"$@\"", "kill")));
        processes.forEach(process -> command.add(Long.toString(process.pid())));
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD);
            builder.environment().clear();
            Process kill = builder.start();
            try {
                // A nonzero exit code means only that one of the processes has already ended.
                if (!kill.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    kill.destroyForcibly();
                }
            } catch (InterruptedException e) {
                kill.destroyForcibly();
                throw e;
            }
        } catch (IOException e) {
            processes.forEach(ProcessHandle::destroy);
        }
    }
}
