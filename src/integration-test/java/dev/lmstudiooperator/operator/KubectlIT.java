package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.Kubectl;
import dev.lmstudiooperator.controlplane.TestNamespace;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a person sees who has nothing but kubectl. */
@WithScene
class KubectlIT {

    private final Scene scene;
    private Kubectl kubectl;
    private String namespace;

    KubectlIT(Scene scene, ControlPlane controlPlane, TestNamespace testNamespace) {
        this.scene = scene;
        this.namespace = testNamespace.name();
        this.kubectl = controlPlane.kubectl();
    }

    @Test
    void waitEndsWhenTheModelIsProven() {
        scene.apply("chat", "model: llama-3.2-1b-instruct");

        kubectl("wait", "mm/chat", "--for=condition=Ready", "--timeout=60s");
        kubectl("wait", "mm/chat", "--for=condition=Available", "--timeout=1s");
        kubectl("wait", "mm/chat", "--for=jsonpath={.status.phase}=Ready", "--timeout=1s");

        String row = kubectl("get", "mm", "chat", "--no-headers");
        assertThat(Arrays.asList(row.split(" +")))
                .containsSubsequence(
                        List.of("chat", "llama-3.2-1b-instruct", "node-of-" + namespace, "True", "Verified", "Passed"));
        assertThat(kubectl("get", "mm", "chat", "-o", "wide", "--no-headers"))
                .contains("600")
                .contains("llama-3.2-1b-instruct is served as chat");
    }

    @Test
    void describeTellsTheStory() {
        scene.apply("chat", "model: llama-3.2-1b-instruct");
        scene.awaitReady("chat");
        scene.lmStudio().evict("chat");
        eventually(
                "kubectl describe tells the whole story",
                () -> kubectl("describe", "mm", "chat"),
                story -> story.contains("Evicted") && story.split("Verified", -1).length > 2);

        String story = kubectl("describe", "mm", "chat");

        assertThat(story.substring(story.indexOf("Events:")))
                .contains("Loads llama-3.2-1b-instruct as chat", "Was evicted: loads again")
                .contains("Normal", "Warning");
        assertThat(story).contains("Evictions:", "Loads:");
    }

    @Test
    void waitForStalledTellsTypos() {
        scene.apply("typo", "model: llama-3.2-1b-instrukt");

        kubectl("wait", "mm/typo", "--for=condition=Stalled", "--timeout=60s");

        assertThat(kubectl("get", "mm", "typo", "-o", "wide", "--no-headers"))
                .contains("ModelNotFound")
                .contains("The nearest: llama-3.2-1b-instruct");
    }

    private String kubectl(String... arguments) {
        return kubectl.run(Stream.concat(Stream.of("-n", namespace), Stream.of(arguments))
                        .toArray(String[]::new))
                .orThrow();
    }
}
