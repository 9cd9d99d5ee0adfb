package dev.lmstudiooperator;

import dev.lmstudiooperator.config.ConfigValidator;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.List;
import java.util.Locale;

/** Starts the operator, unless its configuration makes no sense. Its log is JSON, but text for a person at a terminal. */
@QuarkusMain
public final class Main {

    private Main() {}

    public static void main(String... args) {
        // What is written for people and for the API server looks the same on every machine.
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
        Quarkus.run(OperatorApplication.class, args);
    }

    @SuppressWarnings(
            "SystemConsoleNull") // It tells so on 21 and from 25 on; between them, a log is text unless told otherwise.
    private static boolean isAtTerminal() {
        return System.console() != null;
    }
}
