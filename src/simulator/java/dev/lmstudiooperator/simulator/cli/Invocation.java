package dev.lmstudiooperator.simulator.cli;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One call of {@code lms}, as the front end sends it.
 *
 * @param argv the arguments without the program
 * @param stdout the type of standard output: pipe, file, tty, socket, null or closed
 */
public record Invocation(
        long pid, String stdin, String stdout, String stderr, Path cwd, List<String> argv, Map<String, String> env) {

    private static final int MAX_STRING_BYTES = 16 << 20;

    static Invocation read(DataInputStream in) throws IOException {
        var strings = new ArrayList<String>();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            int length = in.readInt();
            if (length < 0 || length > MAX_STRING_BYTES) {
                throw new IOException("a string of " + length + " bytes");
            }
            strings.add(new String(in.readNBytes(length), StandardCharsets.UTF_8));
        }
        int argc = Integer.parseInt(strings.get(5));
        var env = new LinkedHashMap<String, String>();
        for (var pair : strings.subList(6 + argc, count)) {
            int equals = pair.indexOf('=');
            env.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return new Invocation(
                Long.parseLong(strings.get(0)),
                strings.get(1),
                strings.get(2),
                strings.get(3),
                Path.of(strings.get(4)),
                List.copyOf(strings.subList(6, 6 + argc)),
                env);
    }

    Optional<String> variable(String name) {
        return Optional.ofNullable(env.get(name)).filter(value -> !value.isEmpty());
    }

    Path home() {
        return Path.of(env.getOrDefault("HOME", "/"));
    }

    Path internal() {
        return home().resolve(".lmstudio/.internal");
    }

    /** Output to a pipe is truncated after 64 KiB. */
    boolean stdoutIsPipe() {
        return stdout.equals("pipe") || stdout.equals("socket");
    }

    boolean isColored() {
        return variable("FORCE_COLOR").filter(value -> !value.equals("0")).isPresent();
    }
}
