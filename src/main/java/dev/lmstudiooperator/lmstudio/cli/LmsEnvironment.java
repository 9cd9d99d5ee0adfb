package dev.lmstudiooperator.lmstudio.cli;

import dev.lmstudiooperator.lmstudio.cli.process.ProcFs;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Builds the complete environment of {@code lms}. */
final class LmsEnvironment {

    static final String SERVER_INFO = "LMS_API_SERVER_INFO_PATH";

    /** Identifies the agent that started a process; see {@link OrphanedProcesses}. */
    static final String STARTED_BY = "LMSTUDIO_OPERATOR";

    private static final Pattern MARK = Pattern.compile("agent:(?<pid>\\d{1,18}):(?<start>\\d{1,18})");

    private LmsEnvironment() {}

    static Map<String, String> of(LmsSettings settings) {
        return Map.ofEntries(
                Map.entry("HOME", settings.home().toString()),
                Map.entry(SERVER_INFO, settings.apiServerInfoPath().toString()),
                Map.entry(STARTED_BY, thisAgent()),
                // lms would use a proxy even for 127.0.0.1. The operator sets none, but a wrapper may.
                Map.entry("NO_PROXY", "127.0.0.1,localhost"),
                // For wrapper scripts. The operator does not search PATH for lms.
                Map.entry("PATH", "/usr/local/bin:/usr/bin:/bin"),
                Map.entry("TMPDIR", settings.scratchFolder().toString()),
                Map.entry("LANG", "C.UTF-8"),
                Map.entry("LC_ALL", "C.UTF-8"),
                Map.entry("NO_COLOR", "1"),
                // Without these, lms starts tput to determine the width before it prints an error.
                Map.entry("COLUMNS", "200"),
                Map.entry("LINES", "50"));
    }

    /** Identifies this process by its PID and its start time, because PIDs are reused. */
    static String thisAgent() {
        long pid = ProcessHandle.current().pid();
        return "agent:" + pid + ":" + ProcFs.startTicks(pid).orElse(0);
    }

    /** Whether the value identifies an agent that no longer runs. */
    static boolean isOfAnEndedAgent(String startedBy) {
        Matcher mark = MARK.matcher(startedBy);
        return mark.matches()
                && !ProcFs.startTicks(Long.parseLong(mark.group("pid")))
                        .equals(OptionalLong.of(Long.parseLong(mark.group("start"))));
    }
}
