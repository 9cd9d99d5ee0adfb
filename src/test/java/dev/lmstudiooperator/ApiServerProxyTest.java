package dev.lmstudiooperator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiServerProxyTest {

    private static final String PROXY = "http://proxy.corp.example:3128";

    /** Entries in the form that curl, Go and Python accept. */
    @Test
    void entriesThatOtherProgramsTakeAreTaken() {
        Config config =
                config("https://api.corp.example:6443", " localhost", "*.corp.example ", "", "10.0.0.0/8", "a_b");

        assertThat(config.getNoProxy()).containsExactly("localhost", ".corp.example", "10.0.0.0/8");
        assertThatCode(() ->
                        new KubernetesClientBuilder().withConfig(config).build().close())
                .doesNotThrowAnyException();
    }

    @Test
    void starMeansEverything() {
        assertThat(config("https://api.corp.example:6443", "*").getHttpsProxy()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://127.0.0.1:6443", "https://localhost:6443", "https://[::1]:6443", "https://127.8.0.1"})
    void apiServerOfThisMachineIsAskedDirectly(String url) {
        assertThat(config(url).getHttpsProxy()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://10.0.0.1:6443", "https://localhost.example:6443", "https://128.0.0.1"})
    void anyOtherIsAskedThroughTheProxy(String url) {
        assertThat(config(url).getHttpsProxy()).isEqualTo(PROXY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/8", "10.1.2.3", "10.1.2.0/24"})
    void addressThatIsExceptedIsAskedDirectly(String entry) {
        assertThat(config("https://10.1.2.3:6443", "example", entry).getHttpsProxy())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*.corp.example", ".corp.example", "API.corp.example"})
    void nameThatIsExceptedIsAskedDirectly(String entry) {
        assertThat(config("https://api.corp.example:6443", entry).getHttpsProxy())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/8", "other.example", "api.corp.example.org"})
    void whatIsExceptedElsewhereChangesNothing(String entry) {
        assertThat(config("https://api.corp.example:6443", entry).getHttpsProxy())
                .isEqualTo(PROXY);
    }

    private static Config config(String url, String... noProxy) {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(url)
                .withHttpsProxy(PROXY)
                .withNoProxy(noProxy)
                .build();
        new ApiServerProxy().customize(config);
        return config;
    }
}
