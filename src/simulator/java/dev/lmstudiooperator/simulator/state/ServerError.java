package dev.lmstudiooperator.simulator.state;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An error of the server, in the three parts that {@code lms} prints. */
public record ServerError(
        String title, @Nullable String suggestion, @Nullable String cause) {

    /** The server refuses a request with this error. */
    public static final class RefusedException extends Exception {

        private final transient ServerError error;

        public RefusedException(ServerError error) {
            super(error.title());
            this.error = error;
        }

        public ServerError error() {
            return error;
        }
    }

    public static ServerError of(String title) {
        return new ServerError(title, null, null);
    }

    public static ServerError insufficientResources(long bytes) {
        return of(String.format(
                Locale.ROOT,
                "Model loading was stopped due to insufficient system resources. Under the current settings, this model "
                        + "requires approximately %.2f GB of memory, and continuing to load it would likely overload "
                        + "your system and cause it to freeze. If you think this is incorrect, you can adjust the model "
                        + "loading guardrails in settings.",
                bytes / 1e9));
    }

    public static ServerError identifierTaken(String identifier) {
        return new ServerError(
                "Model with identifier \"" + identifier + "\" is already loaded", "Use a different identifier.", null);
    }
}
