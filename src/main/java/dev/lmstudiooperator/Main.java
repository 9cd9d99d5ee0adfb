package dev.lmstudiooperator;

import dev.lmstudiooperator.agent.AgentRuntime;
import dev.lmstudiooperator.config.ConfigValidator;
import dev.lmstudiooperator.config.OperatorConfig;
import dev.lmstudiooperator.metrics.BuildMetric;
import dev.lmstudiooperator.preflight.OperatorBootstrap;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;

/** Starts the operator if its configuration is valid. The log is JSON, or text in an interactive terminal. */
@QuarkusMain
public final class Main {

    private Main() {}

    public static void main(String... args) {
        // Text for users and for the API server must not depend on the locale of the machine.
        Locale.setDefault(Locale.ROOT);
        List<String> mistakes = ConfigValidator.mistakes();
        if (!mistakes.isEmpty()) {
            System.err.println(
                    "lmstudio-operator cannot start. Correct its configuration:\n  " + String.join("\n  ", mistakes));
            System.exit(1);
        }
        if (isAtTerminal() && System.getenv("QUARKUS_LOG_JSON_CONSOLE_ENABLED") == null) {
            System.setProperty("quarkus.log.json.console.enabled", "false");
        }
        Quarkus.run(Application.class, args);
    }

    @SuppressWarnings(
            "SystemConsoleNull") // Null without a terminal on Java 21 and 25+. On Java 22 to 24 the log is text by
    // default.
    private static boolean isAtTerminal() {
        return System.console() != null;
    }

    /**
     * Starts the agent and the operator after Quarkus has started. At this point HTTP answers probes, and Micrometer
     * keeps and filters the metrics that are recorded from now on.
     */
    @Singleton
    public static class Application implements QuarkusApplication {

        private final AgentRuntime agent;
        private final OperatorBootstrap operator;
        private final BuildMetric build;
        private final OperatorConfig config;

        Application(AgentRuntime agent, OperatorBootstrap operator, BuildMetric build, OperatorConfig config) {
            this.agent = agent;
            this.operator = operator;
            this.build = build;
            this.config = config;
        }

        @Override
        public int run(String... args) {
            build.register(config.role());
            agent.start();
            operator.run();
            Quarkus.waitForExit();
            return 0;
        }
    }
}
