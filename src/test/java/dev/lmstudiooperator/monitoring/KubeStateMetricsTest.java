package dev.lmstudiooperator.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that the configuration refers to existing fields of the CRDs. */
class KubeStateMetricsTest {

    private static final Path CONFIGURATION =
            Monitoring.FOLDER.resolve("kube-state-metrics").resolve("custom-resource-state.yaml");

    /** A metric of one kind, with the configuration of its series. */
    record Reported(String kind, String name, JsonNode resource, JsonNode metric) {

        JsonNode series() {
            JsonNode each = metric.path("each");
            String type = each.path("type").asText();
            return each.path(type.substring(0, 1).toLowerCase(Locale.ROOT) + type.substring(1));
        }

        List<String> path() {
            return strings(series().path("path"));
        }

        /**
         * Every path to a value or a label, from the root of the resource. Metadata is excluded because CRDs do not
         * describe it.
         */
        List<List<String>> paths() {
            List<List<String>> paths = new ArrayList<>();
            paths.add(join(path(), strings(series().path("valueFrom"))));
            series().path("labelsFromPath").forEach(label -> paths.add(join(path(), strings(label))));
            resource.path("labelsFromPath").forEach(label -> paths.add(strings(label)));
            paths.removeIf(path -> path.indexOf("metadata") == 0);
            return paths;
        }

        @Override
        public String toString() {
            return kind + " " + name;
        }
    }

    static Stream<Reported> everything() {
        return Monitoring.read(CONFIGURATION)
                .path("spec")
                .path("resources")
                .valueStream()
                .flatMap(resource -> resource.path("metrics")
                        .valueStream()
                        .map(metric -> new Reported(
                                resource.path("groupVersionKind").path("kind").asText(),
                                metric.path("name").asText(),
                                resource,
                                metric)));
    }

    @ParameterizedTest
    @MethodSource("everything")
    void everyPathIsInTheSchema(Reported reported) {
        assertThat(reported.paths())
                .allSatisfy(path -> assertThat(schemaAt(reported, path).isMissingNode())
                        .as("%s has %s", reported.kind(), path)
                        .isFalse());
    }

    @ParameterizedTest
    @MethodSource("everything")
    void everyMetricHasHelpAndATypeThatExists(Reported reported) {
        assertThat(reported.metric().path("help").asText()).endsWith(".");
        assertThat(reported.metric().path("each").path("type").asText()).isIn("Gauge", "Info", "StateSet");
        assertThat(reported.series().isMissingNode()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("everything")
    void everySetOfStatesIsTheOneOfTheSchema(Reported reported) {
        List<String> states = strings(reported.series().path("list"));
        JsonNode closedSet = schemaAt(
                        reported,
                        join(reported.path(), strings(reported.series().path("valueFrom"))))
                .path("enum");

        if (!closedSet.isMissingNode()) {
            assertThat(states).containsExactlyInAnyOrderElementsOf(strings(closedSet));
        } else if (!states.isEmpty()) {
            assertThat(states).as("the status of a condition").containsExactly("True", "False", "Unknown");
        }
    }

    private static JsonNode schemaAt(Reported reported, List<String> path) {
        JsonNode version = Monitoring.read(
                        Path.of("crds", reported.kind().toLowerCase(Locale.ROOT) + "s.lmstudio-operator.dev-v1.yml"))
                .path("spec")
                .path("versions")
                .path(0);
        JsonNode schema = version.path("schema").path("openAPIV3Schema");
        for (String field : path) {
            JsonNode holder = schema.has("items") ? schema.path("items") : schema;
            schema = holder.path("properties").path(field);
        }
        return schema;
    }

    private static List<String> join(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private static List<String> strings(JsonNode array) {
        return array.valueStream().map(JsonNode::asText).toList();
    }
}
