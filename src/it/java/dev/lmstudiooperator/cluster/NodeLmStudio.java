package dev.lmstudiooperator.cluster;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.lmstudiooperator.simulator.RemoteSimulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/** The simulated LM Studio of a node. It is a service of the node, and runs as the user of the agent. */
record NodeLmStudio(TestCluster cluster, String node, RemoteSimulator simulator) {

    private static final int CONTROL_PORT = 4321;
    private static final int HTTP_PORT = 1234;

    /**
     * The HTTP API listens on the network, as docs/services.md requires. The control endpoint listens on loopback only, so a
     * rule of the node redirects to it.
     */
    private static final String SERVICE = """
            #!/bin/sh
            set -e
            cd /home/lmstudio
            echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet
            iptables -t nat -A PREROUTING -i eth0 -p tcp --dport %1$d -j DNAT --to-destination 127.0.0.1:%1$d
            install -d -o 1000 -g 1000 . .lmstudio .lmstudio/bin simulator
            ln -sfn /home/lmstudio simulator/home
            ln -sfn /home/lmstudio/.lmstudio/bin simulator/bin
            exec setpriv --reuid 1000 --regid 1000 --clear-groups env HOME=/home/lmstudio '%2$s' -XX:+UseSerialGC \\
              -XX:TieredStopAtLevel=1 -jar program/lmstudio-simulator.jar --directory simulator --lms program/lms --http-address 0.0.0.0 --http-port %3$d --control-port %1$d
            """;

    /** Prepares the node as docs/install.md describes, and starts LM Studio. */
    static NodeLmStudio start(TestCluster cluster, String node) {
        Path files = cluster.filesOf(node);
        try {
            Path build = Path.of("target", "simulator");
            Path program = Files.createDirectories(files.resolve("home/program"));
            copy(build.resolve("lmstudio-simulator.jar"), program);
            copy(build.resolve("lms"), program);
            Path libraries = Files.createDirectories(program.resolve("lib"));
            try (Stream<Path> jars = Files.list(build.resolve("lib"))) {
                for (Path jar : jars.toList()) {
                    copy(jar, libraries);
                }
            }
            Path service = Files.writeString(
                    files.resolve("services/lm-studio"),
                    SERVICE.formatted(
                            CONTROL_PORT, Path.of(System.getProperty("java.home"), "bin", "java"), HTTP_PORT));
            Files.setPosixFilePermissions(service, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cluster.harness(
                "exec",
                node,
                "install",
                "-d",
                "-o",
                "1000",
                "-g",
                "1000",
                "-m",
                "700",
                "/home/lmstudio/.lmstudio-operator");
        var lmStudio = new NodeLmStudio(
                cluster,
                node,
                new RemoteSimulator(
                        URI.create("http://%s:%d/control/".formatted(cluster.addressOf(node), CONTROL_PORT))));
        lmStudio.restart();
        return lmStudio;
    }

    private static void copy(Path file, Path folder) throws IOException {
        Files.copy(file, folder.resolve(file.getFileName()), REPLACE_EXISTING);
    }

    /** Returns the address of the HTTP API in the cluster. */
    String address() {
        return "http://%s:%d".formatted(cluster.addressOf(node), HTTP_PORT);
    }

    /** Ends it. */
    void stop() {
        cluster.harness("service", "stop", node, "lm-studio");
    }

    /** Starts it again, with an empty memory and an empty journal, and waits until it answers. */
    void restart() {
        cluster.harness("service", "restart", node, "lm-studio");
        TestCluster.await("LM Studio of " + node + " answers", this::answers, Boolean::booleanValue);
    }

    private boolean answers() {
        try {
            simulator.identifiers();
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }
}
