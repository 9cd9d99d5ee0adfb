package dev.lmstudiooperator.simulator;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The command line of the simulator itself. */
record Arguments(Map<String, String> values, boolean exitsWithParent) {

    static Arguments parse(String[] words) {
        var values = new HashMap<String, String>();
        boolean exitsWithParent = false;
        for (int i = 0; i < words.length; i++) {
            switch (words[i]) {
                case "--exit-with-parent" -> exitsWithParent = true;
                case "--directory",
                        "--http-address",
                        "--http-port",
                        "--api-port",
                        "--control-port",
                        "--models",
                        "--memory",
                        "--lms" -> {
                    if (i + 1 == words.length) {
                        throw new IllegalArgumentException(words[i] + " needs a value");
                    }
                    values.put(words[i], words[++i]);
                }
                default -> throw new IllegalArgumentException("unknown option " + words[i]);
            }
        }
        if (!values.containsKey("--directory")) {
            throw new IllegalArgumentException("--directory is missing");
        }
        return new Arguments(values, exitsWithParent);
    }

    Path directory() {
        return Path.of(values.getOrDefault("--directory", "")).toAbsolutePath().normalize();
    }

    int port(String option) {
        return Integer.parseInt(values.getOrDefault(option, "0"));
    }

    /** Returns the address of the HTTP API. */
    InetAddress httpAddress() throws UnknownHostException {
        return InetAddress.getByName(values.getOrDefault("--http-address", "127.0.0.1"));
    }

    Optional<Path> models() {
        return Optional.ofNullable(values.get("--models")).map(Path::of);
    }

    /** Returns the program that replaces the front end in the jar. */
    Optional<Path> frontEnd() {
        return Optional.ofNullable(values.get("--lms")).map(Path::of);
    }

    Optional<Long> memoryBytes() {
        return Optional.ofNullable(values.get("--memory")).map(Long::valueOf);
    }
}
