package dev.lmstudiooperator.simulator.cli;

import java.util.List;
import java.util.Map;

/** The program {@code lms}, from its arguments to the exit code. */
final class CommandLine {

    /** One command of {@code lms}. */
    interface Command {

        /**
         * Runs the command.
         *
         * @param words the arguments after the name of the command
         * @return the exit code
         */
        int run(Call call, List<String> words) throws InterruptedException;
    }

    private static final Map<String, Command> COMMANDS = Map.of(
            "ps", new PsCommand(),
            "ls", new LsCommand(),
            "load", new LoadCommand(),
            "unload", new UnloadCommand(),
            "get", new GetCommand(),
            "server", new ServerCommand(),
            "daemon", new DaemonCommand(),
            "version", SmallCommands::version,
            "status", SmallCommands::status);

    private CommandLine() {}

    /** Returns the name of a call for faults: {@code ps}, {@code server start}. */
    static String callName(List<String> argv) {
        if (argv.isEmpty()) {
            return "";
        }
        var first = argv.getFirst();
        boolean hasSecond = (first.equals("server") || first.equals("daemon")) && argv.size() > 1;
        return hasSecond ? first + " " + argv.get(1) : first;
    }

    static Call.ExitStatus run(Call call) throws InterruptedException {
        try {
            long startupCost = call.lmStudio().settings().cpuCostMillis();
            if (startupCost > 0) {
                call.connection().command('b', Long.toString(startupCost));
            }
            HomePointer.write(call);
            CallFaults.apply(call);
            return new Call.ExitStatus.Exit(dispatch(call, call.invocation().argv()));
        } catch (CallEndedException e) {
            return e.status();
        }
    }

    private static int dispatch(Call call, List<String> argv) throws InterruptedException {
        if (argv.contains("-v") || argv.contains("--version")) {
            call.out(SmallCommands.commitLine(call));
            return 0;
        }
        if (argv.isEmpty()) {
            call.out("lms is LM Studio's CLI utility for your models, server, and inference runtime.\n"
                    + SmallCommands.commitLine(call) + "\n");
            call.err("Usage: lms [options] [command]\n");
            return 1;
        }
        var command = COMMANDS.get(argv.getFirst());
        if (command == null) {
            throw call.failure("error: unknown command '" + argv.getFirst() + "'\n");
        }
        if (argv.contains("--help") || argv.contains("-h")) {
            call.out("Usage: lms " + argv.getFirst() + " [options]\n");
            return 0;
        }
        return command.run(call, argv.subList(1, argv.size()));
    }
}
