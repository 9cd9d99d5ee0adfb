package dev.lmstudiooperator.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {

    private static final String KUBECONFIG = """
            apiVersion: v1
            kind: Config
            clusters: [{name: one, cluster: {server: "https://10.0.0.1:6443", certificate-authority-data: Zmlyc3Q=}}]
            users: [{name: agent, user: {token: secret}}]
            contexts: [{name: agent, context: {cluster: one, user: agent}}]
            current-context: agent
            """;

    private final Path kubeconfig;
    private final Path authority;

    CredentialsTest(@TempDir Path folder) {
        kubeconfig = folder.resolve("kubeconfig");
        authority = folder.resolve("ca.crt");
    }

    @BeforeEach
    void write() throws IOException {
        Files.writeString(kubeconfig, KUBECONFIG);
        Files.writeString(authority, "first");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1:6443/10.0.0.2:6443", "Zmlyc3Q=/c2Vjb25k", "token: secret/username: other"})
    void whatTheClientReadsOnceMakesThemOthers(String change) throws IOException {
        Credentials credentials = credentials();
        String[] parts = change.split("/", -1);
        Files.writeString(kubeconfig, KUBECONFIG.replace(parts[0], parts[1]));

        assertThat(credentials.haveChanged()).isFalse();
        assertThat(credentials.haveChanged()).isTrue();
    }

    @Test
    void certificateOfAPodThatWasRotatedMakesThemOthers() throws IOException {
        Credentials credentials = credentials();
        Files.writeString(authority, "second");

        assertThat(credentials.haveChanged()).isFalse();
        assertThat(credentials.haveChanged()).isTrue();
    }

    @Test
    void newTokenIsReadByTheClient() throws IOException {
        Credentials credentials = credentials();
        Files.writeString(kubeconfig, KUBECONFIG.replace("secret", "another"));

        assertThat(credentials.haveChanged()).isFalse();
        assertThat(credentials.haveChanged()).isFalse();
    }

    /** A restart with such a file would have even fewer permissions. */
    @ParameterizedTest
    @ValueSource(strings = {"", "clusters: [", "\u0000"})
    void fileThatSaysNothingIsNoReason(String content) throws IOException {
        Credentials credentials = credentials();
        Files.writeString(kubeconfig, content);

        assertThat(credentials.haveChanged()).isFalse();
        assertThat(credentials.haveChanged()).isFalse();
        Files.delete(kubeconfig);
        assertThat(credentials.haveChanged()).isFalse();
        assertThat(credentials.haveChanged()).isFalse();
    }

    private Credentials credentials() {
        return new Credentials(new KubernetesSerialization(), List.of(kubeconfig), List.of(authority));
    }
}
