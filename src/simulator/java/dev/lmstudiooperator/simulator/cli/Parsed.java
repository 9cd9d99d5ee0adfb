package dev.lmstudiooperator.simulator.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;

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
