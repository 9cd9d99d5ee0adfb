package dev.lmstudiooperator.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** A Grafana dashboard. */
record Dashboard(JsonNode json) {

    String title() {
        return json.path("title").asText();
    }

    List<JsonNode> variables() {
        return json.path("templating").path("list").valueStream().toList();
    }

    /** The panels without the rows, which only contain them. */
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

    /** The query of a panel. */
    record Query(String panel, String expression) {

        /** The query that Grafana sends when all values are selected. */
        String forEverything() {
            return expression.replace("[$__rate_interval]", "[1m]").replaceAll("\\$(cluster|namespace|node)\\b", ".*");
        }
    }
}
