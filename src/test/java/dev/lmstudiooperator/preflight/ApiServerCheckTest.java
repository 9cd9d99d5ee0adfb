package dev.lmstudiooperator.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiServerCheckTest {

    @Test
    void proxyIsNamedWithoutItsCredentials() {
        assertThat(ApiServerCheck.proxyClause(through("http://user:secret@proxy.corp.example:3128")))
                .isEqualTo(", asked through the proxy proxy.corp.example:3128 (HTTPS_PROXY);"
                        + " name the host in NO_PROXY to ask it directly");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://user:sec ret@proxy:3128", "user:secret@", "://user:secret@"})
    void whatCannotBeReadIsNotRepeated(String proxy) {
        assertThat(ApiServerCheck.proxyClause(through(proxy)))
                .contains("proxy of the environment")
                .doesNotContain("secret", "sec ret");
    }

    @Test
    void withoutAProxyNothingIsSaid() {
        Config direct = new ConfigBuilder(Config.empty())
                .withMasterUrl("https://api.corp.example:6443")
                .withHttpProxy("http://proxy:3128")
                .build();

        assertThat(ApiServerCheck.proxyClause(direct)).isEmpty();
    }

    private static Config through(String proxy) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl("https://api.corp.example:6443")
                .withHttpsProxy(proxy)
                .build();
    }
}
