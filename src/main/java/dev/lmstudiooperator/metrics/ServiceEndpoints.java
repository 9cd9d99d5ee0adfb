package dev.lmstudiooperator.metrics;

import dev.lmstudiooperator.metrics.Meters.Sample;
import java.util.stream.Stream;

/**
 * The endpoints of a Service that selects ManagedModels.
 *
 * @param selected how many ManagedModels it selects
 * @param ready how many of them receive its requests
 */
public record ServiceEndpoints(String namespace, String name, int selected, int ready) {

    Stream<Sample> samples() {
        return Stream.of(Sample.of(selected, namespace, name, "selected"), Sample.of(ready, namespace, name, "ready"));
    }
}
