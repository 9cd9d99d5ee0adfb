package dev.lmstudiooperator.lmstudio.cli;

import dev.lmstudiooperator.lmstudio.cli.process.ProcFs;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The whole environment of {@code lms}. */
final class LmsEnvironment {

    static final String SERVER_INFO = "LMS_API_SERVER_INFO_PATH";

    /** Tells a later agent who started a process; see {@link OrphanedProcesses}. */
    static final String STARTED_BY = "LMSTUDIO_OPERATOR";

    private static final Pattern MARK = Pattern.compile("agent:(?<pid>\\d{1,18}):(?<start>\\d{1,18})");

    private LmsEnvironment() {}

    static Map<String, String> of(LmsSettings settings) {
        return Map.ofEntries(
                Map.entry("HOME", settings.home().toString()),
                Map.entry(SERVER_INFO, settings.apiServerInfoPath().toString()),
                Map.entry(STARTED_BY, thisAgent()),
                // lms would ask a proxy even for 127.0.0.1; none is handed over, and this holds if a wrapper adds one.
                Map.entry("NO_PROXY", "127.0.0.1,localhost"),
                // For wrapper scripts; lms itself is never looked up.
                Map.entry("PATH", "/usr/local/bin:/usr/bin:/bin"),
                Map.entry("TMPDIR", settings.scratchFolder().toString()),
                Map.entry("LANG", "C.UTF-8"),
                Map.entry("LC_ALL", "C.UTF-8"),
                Map.entry("NO_COLOR", "1"),
                // Without them lms starts tput to learn the width when it has an error to tell.
                Map.entry("COLUMNS", "200"),
                Map.entry("LINES", "50"));
    }

    /** This process: its number, and when it started, because numbers are used again. */
    static String thisAgent() {
        long pid = ProcessHandle.current().pid();
        return "agent:" + pid + ":" + ProcFs.startTicks(pid).orElse(0);
    }

    /** Whether this is the mark of an agent that does not run any more. */
    static boolean isOfAnEndedAgent(String startedBy) {
        Matcher mark = MARK.matcher(startedBy);
        return mark.matches()
                && !ProcFs.startTicks(Long.parseLong(mark.group("pid")))
                        .equals(OptionalLong.of(Long.parseLong(mark.group("start"))));
    }
}
