package dev.lmstudiooperator.lmstudio;

import java.util.regex.Pattern;

/**
 * The address at which LM Studio's HTTP server listens.
 *
 * @param bind the IP address of one interface, or of all, such as {@code 127.0.0.1}. A host name is not valid, because
 *     it may have several addresses
 * @param port from 1 to 65535
 */
public record ServerAddress(String bind, int port) {

    private static final int LAST_PORT = 65_535;
    private static final Pattern NUMBERS = Pattern.compile("[0-9A-Fa-f:.]+(%\\w+)?");

    public ServerAddress {
        if (!NUMBERS.matcher(bind).matches() || port < 1 || port > LAST_PORT) {
            throw new IllegalArgumentException(
                    "A server listens at a number and a port from 1 to 65535, not at %s, %d".formatted(bind, port));
        }
    }

    @Override
    public String toString() {
        return (bind.contains(":") ? "[" + bind + "]" : bind) + ":" + port;
    }
}
