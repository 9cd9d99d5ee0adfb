package dev.lmstudiooperator.lmstudio.cli;

import java.util.List;

/** Recognizes the command lines of {@link LmsCli} among running processes. */
final class LmsCommandMatcher {

    private LmsCommandMatcher() {}

    /** Whether the arguments end with a call of the operator. An interpreter and a script may precede the call. */
    static boolean isOurs(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i++) {
            if (isCall(arguments.subList(i, arguments.size()))) {
                return true;
            }
        }
        return false;
    }

    /** Whether the command line is a load by this executable, with the options that only the operator uses. */
    static boolean isLoadBy(String executable, List<String> commandLine) {
        int at = commandLine.indexOf(executable);
        return at >= 0 && isLoad(commandLine.subList(at + 1, commandLine.size()));
    }

    private static boolean isCall(List<String> arguments) {
        return switch (arguments.get(0)) {
            case "load" -> isLoad(arguments);
            case "unload" -> arguments.size() == 2;
            case "get" -> arguments.size() == 3 && arguments.get(2).equals("--yes");
            case "ls", "ps", "version" ->
                arguments.size() == 2 && arguments.get(1).equals("--json");
            case "server" -> arguments.equals(List.of("server", "status", "--json")) || isServerStart(arguments);
            default -> false;
        };
    }

    private static boolean isServerStart(List<String> arguments) {
        return arguments.size() == 4
                && arguments.get(1).equals("start")
                && arguments.get(2).startsWith("--port=")
                && arguments.get(3).startsWith("--bind=");
    }

    private static boolean isLoad(List<String> arguments) {
        return isLoadByKey(arguments) || isLoadByPath(arguments);
    }

    private static boolean isLoadByKey(List<String> arguments) {
        return arguments.size() >= 6
                && arguments.get(0).equals("load")
                && arguments.subList(2, 4).equals(List.of("--yes", "--local"))
                && isNamedAndTimed(arguments.subList(4, 6));
    }

    private static boolean isLoadByPath(List<String> arguments) {
        return arguments.size() >= 7
                && arguments.subList(0, 2).equals(List.of("load", "--exact"))
                && arguments.subList(3, 5).equals(List.of("--local", "--yes"))
                && isNamedAndTimed(arguments.subList(5, 7));
    }

    private static boolean isNamedAndTimed(List<String> options) {
        return options.get(0).startsWith("--identifier=") && options.get(1).startsWith("--ttl=");
    }
}
