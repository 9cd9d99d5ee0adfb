package dev.lmstudiooperator.docs;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.operator.OperatorFixture;
import dev.lmstudiooperator.operator.OperatorTest;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the commands of the documentation pages with a running operator and compares the output. */
@OperatorTest("LMSTUDIO_OPERATOR_NODE_NAME=gpu-1")
class DocsIT {

    private final OperatorFixture fixture;
    private final ControlPlane controlPlane;

    DocsIT(OperatorFixture fixture, ControlPlane controlPlane) {
        this.fixture = fixture;
        this.controlPlane = controlPlane;
    }

    static Stream<Script> scripts() {
        return Script.all().stream().filter(script -> !script.isForAnEmptyCluster());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scripts")
    void everyCommandDoesWhatThePageSays(Script script, @TempDir Path folder) {
        List<Path> programs =
                List.of(controlPlane.kubectl().executable(), fixture.lmStudio().lmsExecutable());
        new DocsRunner(folder, programs, environment(), placeholders()).follow(script);
    }

    @AfterEach
    void deleteObjectsThatPagesLeave() {
        controlPlane
                .kubectl()
                .run("delete", "managedmodelsets", "--all", "-A", "--timeout=60s")
                .orThrow();
        controlPlane
                .kubectl()
                .run("delete", "managedmodels", "--all", "-A", "--timeout=60s")
                .orThrow();
    }

    private Map<String, String> environment() {
        return Map.of(
                "HOME", fixture.lmStudio().home().toString(),
                "KUBECONFIG", controlPlane.adminKubeconfig().toString(),
                "SIMULATOR", fixture.lmStudio().controlUrl().toString());
    }

    /** A placeholder precedes the placeholders that it contains. */
    private Map<String, String> placeholders() {
        String lmStudio = fixture.lmStudio().httpUrl().getAuthority();
        Map<String, String> placeholders = new LinkedHashMap<>();
        // The operator of this test has a token that is bound to a Node, so another machine is enrolled.
        for (String words : List.of(
                "enroll <node>",
                "<node>.kubeconfig",
                "kubeconfig of node <node>",
                "lmstudio-operator:node.<node>",
                "revoke <node>",
                "token of <node>")) {
            placeholders.put(words, words.replace("<node>", "enrolled-1"));
        }
        placeholders.put("<node>:1234", lmStudio);
        placeholders.put("127.0.0.1:1234", lmStudio);
        placeholders.put("<node>:8080", fixture.operator().address());
        placeholders.put("127.0.0.1:8080", fixture.operator().address());
        placeholders.put("<node>", fixture.nodeName());
        placeholders.put("<namespace>", "models");
        placeholders.put("<name>", "llama");
        placeholders.put("<set>", "chat");
        placeholders.put("<service>", "gateway");
        placeholders.put("<model>", "llama-3.2-1b-instruct");
        placeholders.put("<identifier>", "team-a-llama");
        return placeholders;
    }
}
