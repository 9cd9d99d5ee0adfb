package dev.lmstudiooperator.operator;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.Kubectl;
import dev.lmstudiooperator.controlplane.Program;
import dev.lmstudiooperator.controlplane.TestNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The view of a user who has only kubectl. */
@OperatorTest
class KubectlIT {

    private final OperatorFixture fixture;
    private Kubectl kubectl;
    private String namespace;

    KubectlIT(OperatorFixture fixture, ControlPlane controlPlane, TestNamespace testNamespace) {
        this.fixture = fixture;
        this.namespace = testNamespace.name();
        this.kubectl = controlPlane.kubectl();
    }

    @Test
    void waitEndsWhenTheModelIsVerified() {
        fixture.apply("chat", "model: llama-3.2-1b-instruct");

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
    void describeShowsTheEvents() {
        fixture.applyAndAwaitReady("chat", "model: llama-3.2-1b-instruct");
        fixture.lmStudio().evict("chat");
        eventually(
                "kubectl describe shows all events",
                () -> kubectl("describe", "mm", "chat"),
                story -> story.contains("Evicted") && story.split("Verified", -1).length > 2);

        String story = kubectl("describe", "mm", "chat");

        assertThat(story.substring(story.indexOf("Events:")))
                .contains("Loading llama-3.2-1b-instruct as chat", "Model was evicted; reloading")
                .contains("Normal", "Warning");
        assertThat(story).contains("Evictions:", "Loads:");
    }

    @Test
    void waitForStalledEndsForAMisspelledModel() {
        fixture.apply("typo", "model: llama-3.2-1b-instrukt");

        kubectl("wait", "mm/typo", "--for=condition=Stalled", "--timeout=60s");

        assertThat(kubectl("get", "mm", "typo", "-o", "wide", "--no-headers"))
                .contains("ModelNotFound")
                .contains("The nearest: llama-3.2-1b-instruct");
    }

    @Test
    void shortNamesAndTheCategoryShowEverything() {
        fixture.applyAndAwaitReady("chat", "model: llama-3.2-1b-instruct");

        assertThat(kubectl("get", "mm", "-o", "name")).contains("managedmodel.lmstudio-operator.dev/chat");
        assertThat(kubectl("get", "lmstudio", "-o", "name"))
                .contains("managedmodel.lmstudio-operator.dev/chat")
                .contains("lmstudionode.lmstudio-operator.dev/" + fixture.nodeName());
        assertThat(header("get", "lmn", "-o", "wide"))
                .containsExactly(
                        "NAME",
                        "READY",
                        "REASON",
                        "VERSION",
                        "LOADED",
                        "MEMORY",
                        "AGE",
                        "ADDRESS",
                        "UNSCHEDULABLE",
                        "MESSAGE");
        assertThat(header("get", "mm", "-o", "wide"))
                .containsExactly(
                        "NAME", "MODEL", "NODE", "READY", "REASON", "VERIFIED", "AGE", "TTL", "EXPIRES", "MESSAGE");
    }

    @Test
    void watchShowsEachChange() {
        try (Program.Run watch = kubectl.start("get", "mm", "-n", namespace, "--watch", "--no-headers")) {
            fixture.applyAndAwaitReady("chat", "model: llama-3.2-1b-instruct");
            fixture.lmStudio().evict("chat");
            fixture.awaitReadyAfterLoads("chat", 2);

            eventually("two loads and verifications are shown", watch::out, reported -> reported.replaceAll("\\s+", " ")
                    .matches(".*Loading.*Verifying.*True Verified.*Loading.*Verifying.*True Verified.*"));
        }
    }

    @Test
    void explainHasTheTextsOfTheApiReference() {
        assertThat(inOneLine("explain", "mm"))
                .contains("A model that an agent keeps loaded in LM Studio and verifies.");
        assertThat(inOneLine("explain", "mm.spec.ttlSeconds"))
                .contains("Idle TTL in seconds that every load passes to LM Studio, from 30 to 604800");
        assertThat(inOneLine("explain", "lmn.status.conditions.reason")).contains("Reason of the status in one word.");
    }

    @Test
    void unknownFieldIsRejectedOrCausesAWarning(@TempDir Path folder) throws IOException {
        String file = write(folder, "typo", "model: llama-3.2-1b-instruct, ttlSecond: 600");

        assertThat(tried("apply", "-f", file).err()).contains("unknown field \"spec.ttlSecond\"");
        assertThat(tried("apply", "--server-side", "-f", file).err())
                .contains(".spec.ttlSecond: field not declared in schema");
        assertThat(tried("get", "mm", "typo").exitCode()).isNotZero();

        Program.Output warned = tried("apply", "--validate=warn", "-f", file);
        assertThat(warned.err()).contains("Warning: unknown field \"spec.ttlSecond\"");
        assertThat(warned.exitCode()).isZero();
    }

    @Test
    void applyOnTheServerSideNeverConflictsWithTheOperator(@TempDir Path folder) throws IOException {
        kubectl("apply", "--server-side", "-f", write(folder, "chat", "model: llama-3.2-1b-instruct"));
        kubectl("wait", "mm/chat", "--for=condition=Ready", "--timeout=60s");

        String changed = write(folder, "chat", "model: llama-3.2-1b-instruct, ttlSeconds: 900");
        kubectl("apply", "--server-side", "-f", changed);
        kubectl("wait", "mm/chat", "--for=jsonpath={.status.instance.ttlSeconds}=900", "--timeout=60s");

        assertThat(kubectl("diff", "--server-side", "-f", changed)).isEmpty();
    }

    private String write(Path folder, String name, String spec) throws IOException {
        return Files.writeString(folder.resolve(name + ".yaml"), """
                        apiVersion: lmstudio-operator.dev/v1alpha1
                        kind: ManagedModel
                        metadata: {name: %s}
                        spec: {%s}
                        """.formatted(name, spec))
                .toString();
    }

    private List<String> header(String... arguments) {
        return List.of(kubectl(arguments).lines().findFirst().orElse("").strip().split(" +", -1));
    }

    private String inOneLine(String... arguments) {
        return kubectl(arguments).replaceAll("\\s+", " ");
    }

    private String kubectl(String... arguments) {
        return tried(arguments).orThrow();
    }

    private Program.Output tried(String... arguments) {
        return kubectl.run(
                Stream.concat(Stream.of("-n", namespace), Stream.of(arguments)).toArray(String[]::new));
    }
}
