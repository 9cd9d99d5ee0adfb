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
 * Sends SIGINT, for which Java has no call. Slim images lack {@code /bin/kill}, so the shell's own is the second choice,
 * with a fixed script. A process that was started with SIGINT ignored, as the children of a background job of a shell
 * are, never notices: for it, and where there is neither, SIGKILL follows.
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
                // Its exit code says no more than that one of the processes has ended meanwhile.
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
