package dev.lmstudiooperator.simulator.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The options of one command, parsed with the rules and error messages of the real command line. */
final class Options {

    /** A parsed command line: options by their long names, and the arguments. */
    record Parsed(Map<String, String> options, List<String> arguments) {

        boolean has(String option) {
            return options.containsKey(option);
        }

        Optional<String> value(String option) {
            return Optional.ofNullable(options.get(option));
        }

        Optional<Double> number(String option) {
            return value(option).map(JsNumber::parse);
        }

        Optional<String> argument() {
            return arguments.stream().findFirst();
        }
    }

    private record Option(String name, @Nullable String argument, UnaryOperator<String> check) {}

    private final String command;
    private final int maxArguments;
    private final Map<String, Option> known = new LinkedHashMap<>();

    Options(String command, int maxArguments) {
        this.command = command;
        this.maxArguments = maxArguments;
    }

    /** Adds the options of all commands that connect to the server. */
    Options server() {
        return value("--host", "<host>")
                .value("--port", "<port>")
                .value("--log-level", "<level>")
                .flag("--quiet")
                .flag("--verbose");
    }

    Options flag(String name, String... aliases) {
        return add(new Option(name, null, text -> ""), aliases);
    }

    Options value(String name, String argument) {
        return add(new Option(name, argument, text -> ""));
    }

    /** @param check returns the error for a value; empty if the value is valid */
    Options value(String name, String argument, UnaryOperator<String> check, String... aliases) {
        return add(new Option(name, argument, check), aliases);
    }

    Parsed parse(Call call, List<String> words) {
        var values = new LinkedHashMap<String, String>();
        var arguments = new ArrayList<String>();
        boolean onlyArguments = false;
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            if (onlyArguments || !word.startsWith("-") || word.equals("-")) {
                arguments.add(word);
            } else if (word.equals("--")) {
                onlyArguments = true;
            } else {
                i += read(call, word, i + 1 < words.size() ? words.get(i + 1) : null, values);
            }
        }
        if (arguments.size() > maxArguments) {
            var expected = maxArguments + (maxArguments == 1 ? " argument" : " arguments");
            throw call.failure("error: too many arguments for '" + command + "'. Expected " + expected + " but got "
                    + arguments.size() + ".\n");
        }
        return new Parsed(values, arguments);
    }

    /** Parses one option and returns the number of additional words that it uses. */
    private int read(Call call, String word, @Nullable String next, Map<String, String> values) {
        int equals = word.startsWith("--") ? word.indexOf('=') : -1;
        var name = equals < 0 ? word : word.substring(0, equals);
        var option = known.get(name);
        if (option == null) {
            throw call.failure("error: unknown option '" + name + "'\n");
        }
        if (option.argument() == null) {
            values.put(option.name(), "");
            return 0;
        }
        var value = equals < 0 ? next : word.substring(equals + 1);
        var label = "error: option '" + spelling(option) + " " + option.argument() + "' argument ";
        if (value == null) {
            throw call.failure(label + "missing\n");
        }
        var error = option.check().apply(value);
        if (!error.isEmpty()) {
            throw call.failure(label + "'" + value + "' is invalid. " + error + "\n");
        }
        values.put(option.name(), value);
        return equals < 0 ? 1 : 0;
    }

    private String spelling(Option option) {
        return known.entrySet().stream()
                .filter(entry ->
                        entry.getValue().equals(option) && !entry.getKey().equals(option.name()))
                .map(entry -> entry.getKey() + ", " + option.name())
                .findFirst()
                .orElse(option.name());
    }

    private Options add(Option option, String... aliases) {
        known.put(option.name(), option);
        for (var alias : aliases) {
            known.put(alias, option);
        }
        return this;
    }
}
