package dev.lmstudiooperator.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class DashboardsTest {

    @Test
    void thereIsOneForTheFleetAndOneForANode() {
        assertThat(Monitoring.dashboards())
                .extracting(Dashboard::title)
                .containsExactly("LM Studio operator: fleet", "LM Studio operator: one node");
    }

    @Test
    void eachIsNarrowedByClusterNamespaceAndNode() {
        assertThat(Monitoring.dashboards()).allSatisfy(dashboard -> assertThat(dashboard.variables())
                .extracting(variable -> variable.path("name").asText())
                .containsExactly("datasource", "cluster", "namespace", "node"));
    }

    /** Without a label `cluster`, as with one Prometheus per cluster, only `.*` matches. */
    @Test
    void allMeansWhatHasNoSuchLabelToo() {
        assertThat(Monitoring.dashboards()).allSatisfy(dashboard -> assertThat(dashboard.variables())
                .filteredOn(variable -> variable.path("type").asText().equals("query"))
                .allSatisfy(variable ->
                        assertThat(variable.path("allValue").asText()).isEqualTo(".*")));
    }

    @Test
    void everyPanelHasADescriptionAndQueriesTheChosenPrometheus() {
        assertThat(Monitoring.dashboards())
                .allSatisfy(dashboard -> assertThat(dashboard.panels()).allSatisfy(panel -> {
                    assertThat(panel.path("description").asText()).isNotBlank();
                    assertThat(datasources(panel)).isNotEmpty().containsOnly("${datasource}");
                }));
    }

    @Test
    void everyQueryIsNarrowedByTheCluster() {
        assertThat(Monitoring.dashboards()).allSatisfy(dashboard -> assertThat(dashboard.queries())
                .allSatisfy(query -> assertThat(query.expression()).contains("cluster=~\"$cluster\"")));
    }

    private static List<String> datasources(JsonNode panel) {
        return panel.findValues("datasource").stream()
                .map(datasource -> datasource.path("uid").asText())
                .toList();
    }
}
