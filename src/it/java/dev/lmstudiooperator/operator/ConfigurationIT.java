package dev.lmstudiooperator.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An invalid configuration is rejected at startup. The message names the property and the allowed values. */
class ConfigurationIT {

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource(delimiter = '|', textBlock = """
            ROLE                             | manager           | lmstudio-operator.role is "manager"; allowed is agent or controller or all
            NAMESPACE                        | LM_Studio         | lmstudio-operator.namespace is "LM_Studio"; allowed is the name of a namespace
            STATE_DIR                        | state             | lmstudio-operator.state-dir is "state"; allowed is an absolute path
            MODEL_MEMORY_BYTES               | 48GB              | lmstudio-operator.model-memory-bytes is "48GB"; allowed is a whole number from 1
            LEASE_DURATION                   | 1s                | lmstudio-operator.lease.duration is "1s"; allowed is a duration from 4s to 10m
            NODE_NAME                        | GPU_1             | lmstudio-operator.node-name is "GPU_1"; allowed is a Kubernetes node name
            LMS_PATH                         | bin/lms           | lmstudio-operator.lms.path is "bin/lms"; allowed is an absolute path
            LMS_HOME                         | ~                 | lmstudio-operator.lms.home is "~"; allowed is an absolute path
            LMS_WORK_DIR                     | .                 | lmstudio-operator.lms.work-dir is "."; allowed is an absolute path
            LMS_API_SERVER_INFO_PATH         | server.json       | lmstudio-operator.lms.api-server-info-path is "server.json"; allowed is an absolute path
            LMS_LOAD_TIMEOUT                 | 7h                | lmstudio-operator.lms.load-timeout is "7h"; allowed is a duration from 1s to 6h
            LMS_TERMINATION_GRACE_PERIOD     | -1s               | lmstudio-operator.lms.termination-grace-period is "-1s"; allowed is a duration from 100ms to 1m
            LMS_READ_TIMEOUT                 | soon              | lmstudio-operator.lms.read-timeout is "soon"; allowed is a duration from 100ms to 10m, such as 500ms, 10s or 5m
            LMS_UNLOAD_TIMEOUT               | ''                | lmstudio-operator.lms.unload-timeout is ""; allowed is a duration from 1s to 1h
            LMS_SERVER_START_TIMEOUT         | 0s                | lmstudio-operator.lms.server-start-timeout is "0s"; allowed is a duration from 1s to 10m
            LMS_DOWNLOAD_TIMEOUT             | 8d                | lmstudio-operator.lms.download-timeout is "8d"; allowed is a duration from 1s to 168h
            HTTP_URL                         | localhost:1234    | lmstudio-operator.http.url is "localhost:1234"; allowed is http or https, host and port
            HTTP_URL                         | ht tp://host      | lmstudio-operator.http.url is "ht tp://host"; allowed is http or https, host and port
            HTTP_URL                         | http://u:p@host:1 | lmstudio-operator.http.url is
            HTTP_URL                         | http://h:1/api/v1 | lmstudio-operator.http.url is "http://h:1/api/v1"; allowed is http or https, host and port, such as http://127.0.0.1:1234, without path
            HTTP_START_SERVER                | yes               | lmstudio-operator.http.start-server is "yes"; allowed is true or false
            HTTP_TOKEN_FILE                  | token             | lmstudio-operator.http.token-file is "token"; allowed is an absolute path
            OBSERVER_POLL_INTERVAL           | 1ms               | lmstudio-operator.observer.poll-interval is "1ms"; allowed is a duration from 100ms to 1m
            OBSERVER_INVENTORY_INTERVAL      | ${NOT_SET}        | lmstudio-operator.observer.inventory-interval is "${NOT_SET}"; allowed is a duration
            NODE_LABELS_GPU                  | RTX 4090          | lmstudio-operator.node-labels.gpu is "RTX 4090"; allowed is a label's value
            OBSERVER_POLL_INTERVALE          | 2s                | LMSTUDIO_OPERATOR_OBSERVER_POLL_INTERVALE is unknown; did you mean LMSTUDIO_OPERATOR_OBSERVER_POLL_INTERVAL?
            SOMETHING_ELSE_ALTOGETHER_INDEED | 1                 | LMSTUDIO_OPERATOR_SOMETHING_ELSE_ALTOGETHER_INDEED is unknown; remove it
            """)
    void invalidValueIsRejectedWithItsNameAndTheAllowedValues(String variable, String value, String message) {
        String said = startInVain(Map.of("LMSTUDIO_OPERATOR_" + variable, value));

        assertThat(said).contains(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://192.0.2.1:1234", "https://127.0.0.1:1234"})
    void serverOfAnotherMachineCannotBeStarted(String url) {
        String said =
                startInVain(Map.of("LMSTUDIO_OPERATOR_HTTP_START_SERVER", "true", "LMSTUDIO_OPERATOR_HTTP_URL", url));

        assertThat(said)
                .contains("lmstudio-operator.http.start-server is \"true\"; allowed is true only if"
                        + " lmstudio-operator.http.url is http and names this machine,"
                        + " such as http://127.0.0.1:1234, and not \"" + url + "\"");
    }

    @Test
    void severalErrorsAreReportedTogether() {
        String said = startInVain(Map.of(
                "LMSTUDIO_OPERATOR_ROLE", "both",
                "LMSTUDIO_OPERATOR_OBSERVER_POLL_INTERVAL", "1ms",
                "LMSTUDIO_OPERATOR_LMS_PHAT", "/lms",
                "JAVA_TOOL_OPTIONS", "-Dlmstudio-operator.http.ulr=http://127.0.0.1:1"));

        assertThat(said.lines().filter(line -> line.startsWith("  "))).hasSize(4);
        assertThat(said)
                .contains("lmstudio-operator.role is", "lmstudio-operator.observer.poll-interval is")
                .contains("LMSTUDIO_OPERATOR_LMS_PHAT is unknown; did you mean LMSTUDIO_OPERATOR_LMS_PATH?")
                .contains("lmstudio-operator.http.ulr is unknown; did you mean lmstudio-operator.http.url?");
    }

    /** Otherwise a Service named like the operator would keep its own Pods from starting. */
    @Test
    void variablesThatKubernetesSetsForAServiceAreAccepted() {
        String said = startInVain(Map.of(
                "LMSTUDIO_OPERATOR_ROLE", "both",
                "LMSTUDIO_OPERATOR_METRICS_SERVICE_HOST", "10.0.0.1",
                "LMSTUDIO_OPERATOR_METRICS_SERVICE_PORT_HTTP", "8080",
                "LMSTUDIO_OPERATOR_METRICS_PORT", "tcp://10.0.0.1:8080",
                "LMSTUDIO_OPERATOR_METRICS_PORT_8080_TCP_ADDR", "10.0.0.1",
                "LMSTUDIO_OPERATOR_NODE_LABELS_GPU", "a100"));

        assertThat(said.lines().filter(line -> line.startsWith("  "))).hasSize(1);
    }

    private static String startInVain(Map<String, String> environment) {
        try (OperatorProcess operator = OperatorProcess.launch(environment)) {
            int exitCode = operator.awaitEnd();
            String said = operator.log();
            assertThat(exitCode).as(said).isEqualTo(1);
            assertThat(said).contains("cannot start").doesNotContain("\tat ", "Exception");
            return said;
        }
    }
}
