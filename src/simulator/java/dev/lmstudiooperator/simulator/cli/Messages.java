package dev.lmstudiooperator.simulator.cli;

import dev.lmstudiooperator.simulator.state.ServerError;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The format of errors, sizes, durations and tables on the command line. */
final class Messages {

    private static final long KIB = 1024;
    private static final String STACK_LINE = "    at <anonymous> (<bundle>)\n";

    private Messages() {}

    static String serverError(ServerError error) {
        if (error.suggestion() == null && error.cause() == null) {
            return "Error: " + error.title() + "\n";
        }
        var text = new StringBuilder("Error: " + error.title() + " \n");
        if (error.suggestion() != null) {
            text.append("\n\n (!) SUGGESTION ").append(error.suggestion()).append('\n');
        }
        if (error.cause() != null) {
            text.append("\n\n   (X) CAUSE  \n\n").append(error.cause()).append('\n');
        }
        return text.toString();
    }

    static String connectionLost(String... namespaces) {
        var text = new StringBuilder();
        for (var namespace : namespaces) {
            text.append(clientPort(namespace))
                    .append("WebSocket connection closed\n")
                    .append(STACK_LINE);
        }
        return text + "Error: WebSocket connection closed\n" + STACK_LINE;
    }

    static String authRejected(String reason) {
        var close = STACK_LINE + "    at close (unknown)\n    at close (ws:185:15)\n    at onWsError (<bundle>)\n"
                + STACK_LINE;
        var text = new StringBuilder();
        for (var namespace : new String[] {"Repository", "LLM"}) {
            text.append(clientPort(namespace))
                    .append("Failed to authenticate: ")
                    .append(reason)
                    .append('\n');
            text.append(STACK_LINE)
                    .append(clientPort(namespace))
                    .append("WebSocket connection closed\n")
                    .append(close);
        }
        return text + "Error: WebSocket connection closed\n" + close;
    }

    /** The warning for an incompatible client and server. */
    static String incompatible(String namespace, String what) {
        return "W [LMStudioClient][" + namespace + "][ClientPort] " + what
                + "\n\nThis is usually caused by communication protocol incompatibility. Please make sure you are using the"
                + " up-to-date versions of the SDK and LM Studio.\n";
    }

    static String binarySize(long bytes) {
        var units = new String[] {"B", "KiB", "MiB", "GiB", "TiB"};
        double size = bytes;
        int unit = 0;
        for (; size >= KIB && unit < units.length - 1; unit++) {
            size /= KIB;
        }
        return number(size) + " " + units[unit];
    }

    static String decimalSize(long bytes) {
        if (bytes >= 1_000_000_000) {
            return number(bytes / 1e9) + " GB";
        }
        return bytes >= 1_000_000 ? number(bytes / 1e6) + " MB" : number(bytes / 1e3) + " KB";
    }

    static String loadTime(Duration time) {
        var millis = time.toNanos() / 1e6;
        return millis < 1000 ? number(Math.floor(millis)) + "ms" : number(millis / 1000) + "s";
    }

    /** Returns the duration in its largest unit, rounded. */
    static String roundedDuration(Duration time) {
        double seconds = time.toMillis() / 1e3;
        if (seconds < 60) {
            return Math.round(seconds) + "s";
        }
        return seconds < 3600 ? Math.round(seconds / 60) + "m" : Math.round(seconds / 3600) + "h";
    }

    /** Returns a table. Columns are as wide as their widest cell, with four blanks between them. */
    static String table(List<List<String>> rows) {
        var text = new StringBuilder();
        for (var row : rows) {
            for (int column = 0; column < row.size(); column++) {
                var cell = row.get(column);
                text.append(cell).repeat(' ', width(rows, column) - cell.length());
                text.append(column < row.size() - 1 ? "    " : "\n");
            }
        }
        return text.toString();
    }

    static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static int width(List<List<String>> rows, int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private static String clientPort(String namespace) {
        return "[LMStudioClient][" + namespace
                + "][ClientPort][WsClientTransport:AuthenticatedWsClientTransport] WebSocket error: Error: ";
    }
}
