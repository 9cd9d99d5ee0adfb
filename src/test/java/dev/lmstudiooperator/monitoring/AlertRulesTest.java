package dev.lmstudiooperator.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests the required parts of each alert. */
class AlertRulesTest {

    private static final String RUNBOOKS = "https://lmstudio-operator.dev/docs/runbooks/";

    @Test
    void problemThatRequiresManualInterventionHasAnAlert() {
        assertThat(Monitoring.alerts())
                .containsExactlyInAnyOrder(
                        "NotReady",
                        "Stalled",
                        "AgentDown",
                        "PollStale",
                        "CircuitBreakerOpen",
                        "LoadFailing",
                        "EvictionFlapping",
                        "VerificationMismatch",
                        "DuplicateInstance",
                        "ModelStuck",
                        "RolloutFailed",
                        "ReplicasUnavailable",
                        "ServiceWithoutEndpoints",
                        "ReconcileErrors");
    }

    @Test
    void everyAlertHasSeverityDescriptionAndRunbook() {
        assertThat(Monitoring.rules("alert")).allSatisfy(alert -> {
            JsonNode annotations = alert.path("annotations");
            assertThat(alert.path("labels").path("severity").asText()).isIn("critical", "warning");
            assertThat(alert.path("labels").path("app").asText()).isEqualTo("lmstudio-operator");
            assertThat(annotations.path("summary").asText()).isNotBlank();
            assertThat(annotations.path("description").asText()).isNotBlank();
            assertThat(annotations.path("runbook_url").asText())
                    .isEqualTo(RUNBOOKS + alert.path("alert").asText() + ".md");
        });
    }

    @Test
    void everyAlertHasARunbookAndEveryRunbookAnAlert() throws IOException {
        try (Stream<Path> runbooks = Files.list(Path.of("docs", "runbooks"))) {
            assertThat(runbooks.map(page -> page.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(Monitoring.alerts().stream()
                            .map(name -> name + ".md")
                            .toList());
        }
    }

    @Test
    void everyRunbookHasDiagnosisAndSolution() {
        assertThat(Monitoring.alerts())
                .allSatisfy(alert -> assertThat(Files.readString(Path.of("docs", "runbooks", alert + ".md")))
                        .startsWith("# " + alert + "\n")
                        .contains("\n## Diagnosis\n", "\n## Solution\n"));
    }

    @Test
    void everyAlertIsTriedFiringAndNotFiring() {
        List<JsonNode> trials = Monitoring.read(Monitoring.PROMETHEUS.resolve("tests.yml"))
                .path("tests")
                .valueStream()
                .flatMap(test -> test.path("alert_rule_test").valueStream())
                .toList();

        assertThat(alertsOf(trials, expected -> !expected.isEmpty())).containsAll(Monitoring.alerts());
        assertThat(alertsOf(trials, JsonNode::isEmpty)).containsAll(Monitoring.alerts());
    }

    private static Set<String> alertsOf(List<JsonNode> trials, Predicate<JsonNode> isSo) {
        return trials.stream()
                .filter(trial -> isSo.test(trial.path("exp_alerts")))
                .map(trial -> trial.path("alertname").asText())
                .collect(Collectors.toSet());
    }

    /** {@code make monitoring} generates it. */
    @Test
    void thePrometheusRuleHasTheRulesOfTheRuleFile() {
        assertThat(Monitoring.read(Monitoring.FOLDER.resolve("prometheus-rule.yaml"))
                        .path("spec"))
                .isEqualTo(Monitoring.read(Monitoring.PROMETHEUS.resolve("rules.yml")));
    }
}
