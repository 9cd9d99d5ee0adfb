package dev.lmstudiooperator.metrics;

import dev.lmstudiooperator.lmstudio.DomainFailure;
import dev.lmstudiooperator.lmstudio.InfrastructureFailure;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A label of a metric.
 *
 * @param values all allowed values; empty if resources or the build determine them
 * @param meaning the meaning of the values; empty if they are self-explanatory
 */
public record Label(String name, List<String> values, String meaning) {

    static final Label MODEL_NAME = of("model_name", "`spec.model` of a ManagedModel of the node");

    /** For loaded instances, including unmanaged ones. A series disappears with its instance. */
    static final Label IDENTIFIER = of("identifier", "the name of the instance, as clients call it");

    static final Label MODEL_KEY = of("model_name", "the key of the model that the instance serves");

    /** Failures of the resilience layer are excluded: a rejected call does not run. */
    private static final EnumSet<InfrastructureFailure.Kind> FAILURES_OF_A_RUN = EnumSet.complementOf(EnumSet.of(
            InfrastructureFailure.Kind.NOT_OBSERVED_YET,
            InfrastructureFailure.Kind.CIRCUIT_OPEN,
            InfrastructureFailure.Kind.TOO_MANY_CALLS));

    static Label of(String name, String meaning) {
        return new Label(name, List.of(), meaning);
    }

    static Label oneOf(String name, String... values) {
        return new Label(name, List.of(values), "");
    }

    static Label oneOf(String name, Enum<?>[] values) {
        return oneOf(name, values, Label::value);
    }

    static <E> Label oneOf(String name, E[] values, Function<E, String> text) {
        return new Label(name, Arrays.stream(values).map(text).toList(), "");
    }

    static Label resultsOfARun() {
        Stream<Enum<?>> failures =
                Stream.concat(FAILURES_OF_A_RUN.stream(), Arrays.stream(DomainFailure.Kind.values()));
        return new Label(
                "result",
                Stream.concat(Stream.of("success"), failures.map(Label::value)).toList(),
                "");
    }

    /** The label value of a constant. */
    static String value(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
