package dev.lmstudiooperator.lmstudio.cli;

import dev.lmstudiooperator.lmstudio.TextSanitizer;
import dev.lmstudiooperator.lmstudio.cli.process.ProcFs;
import dev.lmstudiooperator.lmstudio.cli.process.ProcessTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Ends calls of {@code lms} that outlived the agent that started them. An orphaned load would complete without the
 * knowledge of the new agent. No deadline would ever end an orphaned call that hangs.
 *
 * <p>Calls of users are not affected. On Linux, the environment of each call names the agent that started it, also for
 * wrapper scripts and their children. A call is orphaned when that agent no longer runs and the call uses the same LM
 * Studio. A daemon that {@code lms} started inherits the environment, so the command line must match one of the
 * operator's as well.
 *
 * <p>Other systems do not allow reading the environment of a process. There only a command line that no other program
 * writes counts: a {@code load} by the same executable, with the options of the operator in its order, whose parent is
 * gone. An orphaned {@code unload} or {@code get} keeps running there. An {@code unload} is short, and the next
 * {@code get} joins the running one.
 */
public final class OrphanedProcesses {

    /** The PID of the init process, which adopts processes whose parent is gone. */
    private static final long INIT = 1;

    private final LmsSettings settings;

    public OrphanedProcesses(LmsSettings settings) {
        this.settings = settings;
    }

    /**
     * A call of an earlier agent.
     *
     * @param ended false if the process is still alive after SIGKILL and may still change something
     */
    public record Survivor(long pid, String commandLine, boolean ended) {}

    /**
     * Ends all orphaned calls in the same way as at a passed deadline, and returns them. Takes a few seconds at most.
     */
    public List<Survivor> end() {
        List<ProcessHandle> found = find();
        if (found.isEmpty()) {
            return List.of();
        }
        List<String> commandLines = found.stream()
                .map(process -> TextSanitizer.clean(String.join(" ", commandLine(process))))
                .toList();
        List<Long> left = new ProcessTree(found).end(settings.grace());
        List<Survivor> survivors = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            long pid = found.get(i).pid();
            survivors.add(new Survivor(pid, commandLines.get(i), !left.contains(pid)));
        }
        return List.copyOf(survivors);
    }

    private List<ProcessHandle> find() {
        Optional<String> user = ProcessHandle.current().info().user();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().user().equals(user) && isSurvivor(process))
                .toList();
    }

    private boolean isSurvivor(ProcessHandle process) {
        if (ProcFs.environment(ProcessHandle.current().pid()).isEmpty()) {
            return isOrphanedLoad(process);
        }
        return ProcFs.environment(process.pid())
                .filter(this::isOfAnEndedAgent)
                .filter(environment -> LmsCommandMatcher.isOurs(commandLine(process)))
                .filter(environment -> isNumberedLikeUs(process))
                .isPresent();
    }

    private boolean isOfAnEndedAgent(Map<String, String> environment) {
        String startedBy = environment.get(LmsEnvironment.STARTED_BY);
        return startedBy != null
                && LmsEnvironment.isOfAnEndedAgent(startedBy)
                && settings.apiServerInfoPath().toString().equals(environment.get(LmsEnvironment.SERVER_INFO));
    }

    /** Whether the PID namespace is the same. The PID of an agent in another container has no meaning here. */
    private static boolean isNumberedLikeUs(ProcessHandle process) {
        return ProcFs.pidNamespace(process.pid())
                .equals(ProcFs.pidNamespace(ProcessHandle.current().pid()));
    }

    private boolean isOrphanedLoad(ProcessHandle process) {
        boolean isOrphan = process.parent().map(parent -> parent.pid() == INIT).orElse(true);
        return isOrphan && LmsCommandMatcher.isLoadBy(settings.executable().toString(), commandLine(process));
    }

    private static List<String> commandLine(ProcessHandle process) {
        List<String> line = new ArrayList<>();
        process.info().command().ifPresent(line::add);
        process.info().arguments().ifPresent(arguments -> line.addAll(List.of(arguments)));
        return line;
    }
}
