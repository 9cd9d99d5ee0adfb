package dev.lmstudiooperator.agent;

import dev.lmstudiooperator.agent.observe.ObserverSettings;
import dev.lmstudiooperator.config.OperatorConfig;
import dev.lmstudiooperator.lmstudio.cli.LmsSettings;
import dev.lmstudiooperator.lmstudio.http.HttpSettings;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Configuration as the parts of the agent want it. */
@ApplicationScoped
class AgentSettings {

    private static final int ANSWER_BYTES = 32 * 1024 * 1024;
    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(2);

    private final OperatorConfig config;

    AgentSettings(OperatorConfig config) {
        this.config = config;
    }

    LmsSettings lms() {
        OperatorConfig.Lms lms = config.lms();
        return new LmsSettings(
                lms.path(),
                lms.home(),
                lms.apiServerInfoPath().orElse(lms.home().resolve(".lmstudio/.internal/http-server.json")),
                lms.scratchFolder(),
                new LmsSettings.Deadlines(
                        lms.readTimeout(), lms.loadTimeout(), lms.unloadTimeout(), Duration.ofHours(1)),
                lms.grace(),
                ANSWER_BYTES);
    }

    HttpSettings http() {
        OperatorConfig.Http http = config.http();
        return new HttpSettings(
                http.url(), http.tokenFile().orElse(null), CONNECT_DEADLINE, http.timeout(), ANSWER_BYTES);
    }

    ObserverSettings observer() {
        OperatorConfig.Observe observe = config.observe();
        return new ObserverSettings(
                observe.glancePeriod(),
                observe.fullLookPeriod(),
                observe.fullLookPeriodWithoutApi(),
                observe.downloadsPeriod());
    }
}
