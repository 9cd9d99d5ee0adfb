package dev.lmstudiooperator.lmstudio.cli;

import dev.lmstudiooperator.lmstudio.TextSanitizer;
import dev.lmstudiooperator.lmstudio.cli.process.ProcFs;
import dev.lmstudiooperator.lmstudio.cli.process.ProcessTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Calls of {@code lms} that outlived the agent that made them. A load among them would arrive in memory behind the back
 * of the new agent, and no deadline is left that would ever end a hung one.
 *
 * <p>A person's calls are not touched. On Linux ours carry in their environment which agent made them, wrapper scripts
 * and their children included: they are survivors when that agent no longer runs, and they mean the same LM Studio. A
 * daemon that {@code lms} started inherits the mark, so the command line must be one of ours as well. Elsewhere the
 * environment of a process cannot be read, and only what nobody else writes counts: a {@code load} by the same
 * executable, with our options in our order, whose parent is gone. There a surviving {@code unload}, which takes a
 * moment, or {@code get}, which the next one joins, is left alone.
 */
public final class OrphanedProcesses {

    /** The first process, which adopts those whose parent is gone. */
    private static final long INIT = 1;

    private final LmsSettings settings;

    public OrphanedProcesses(LmsSettings settings) {
        this.settings = settings;
    }

    /**
     * A call of an earlier agent.
     *
     * @param ended false when not even SIGKILL has ended it yet: it may still change something
     */
    public record Survivor(long pid, String commandLine, boolean ended) {}

    /** Ends all survivors the way a passed deadline does, and tells which there were. Takes seconds at most. */
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

    /** Of a process in another container the number of its agent means nothing here. */
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
