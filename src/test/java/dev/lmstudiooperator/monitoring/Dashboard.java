package dev.lmstudiooperator.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** A dashboard of Grafana. */
record Dashboard(JsonNode json) {

    String title() {
        return json.path("title").asText();
    }

    List<JsonNode> variables() {
        return json.path("templating").path("list").valueStream().toList();
    }

    /** Without the rows, which only hold them. */
    List<JsonNode> panels() {
        return json.path("panels")
                .valueStream()
                .filter(panel -> !panel.path("type").asText().equals("row"))
                .toList();
    }

    List<Query> queries() {
        return panels().stream()
                .flatMap(panel -> panel.path("targets")
                        .valueStream()
                        .map(target -> new Query(
                                title() + ", " + panel.path("title").asText(),
                                target.path("expr").asText())))
                .toList();
    }

    /** What a panel asks Prometheus. */
    record Query(String panel, String expression) {

        /** As Grafana asks it when everything is chosen. */
        String forEverything() {
            return expression.replace("[$__rate_interval]", "[1m]").replaceAll("\\$(cluster|namespace|node)\\b", ".*");
        }
    }
}
