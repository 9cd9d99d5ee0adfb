package dev.lmstudiooperator.faultinjection;

import static dev.lmstudiooperator.controlplane.Eventually.eventually;

import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.operator.AppliedModels;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Scenarios of a set and of a Service, both named {@code chat}, on three nodes. */
@SuppressWarnings("ImmutableEnumChecker") // The actions capture no variables.
enum ControllerScenario implements Scenario {
    /** The replica of a node without a heartbeat is replaced. It takes longest, so it starts first. */
    SET_NODE_LOST(testBed -> given(testBed, "replicas: 2, replaceAfterSeconds: 30, " + Specs.QWEN, 2), testBed -> {
        testBed.loseNodeOf("chat");
        testBed.awaitModels(3);
        testBed.sets().awaitReady("chat", 2);
    }),

    SET_NODE_DELETED(ControllerScenario::givenTwoReplicas, testBed -> {
        String node = testBed.loseNodeOf("chat");
        testBed.deleteNode(node);
        eventually(
                "no replica is on " + node,
                TestBed.TIMEOUT,
                () -> testBed.sets().nodes("chat"),
                nodes -> !nodes.contains(node));
        testBed.sets().awaitReady("chat", 2);
    }),

    SET_CREATE(testBed -> {}, ControllerScenario::givenTwoReplicas),

    SET_SCALE(ControllerScenario::givenTwoReplicas, testBed -> {
        testBed.sets().apply("chat", "replicas: 3, " + Specs.QWEN);
        testBed.sets().awaitReady("chat", 3);
        testBed.sets().apply("chat", "replicas: 1, " + Specs.QWEN);
        testBed.sets().awaitReady("chat", 1);
        testBed.awaitModels(1);
    }),

    SET_ROLLOUT(testBed -> given(testBed, "replicas: 3, " + Specs.QWEN, 3), testBed -> {
        testBed.sets().apply("chat", "replicas: 3, " + Specs.LLAMA);
        testBed.sets().awaitReady("chat", 3);
    }),

    /** A ManagedModel cannot change its identifier, so each replica is replaced by another one. */
    SET_REPLACEMENT(ControllerScenario::givenTwoReplicas, testBed -> {
        testBed.sets().apply("chat", "replicas: 2, template: {spec: {model: qwen3-4b, identifier: other}}");
        testBed.sets().awaitReady("chat", 2);
        testBed.awaitModels(2);
    }),

    SET_BAD_MODEL(ControllerScenario::givenTwoReplicas, testBed -> {
        testBed.sets().apply("chat", "replicas: 2, template: {spec: {model: missing}}");
        eventually(
                "an agent does not find the model",
                TestBed.TIMEOUT,
                () -> testBed.sets().replicas("chat").stream()
                        .map(AppliedModels::reason)
                        .toList(),
                reasons -> reasons.contains("ModelNotFound"));
        testBed.sets().apply("chat", "replicas: 2, " + Specs.LLAMA);
        testBed.sets().awaitReady("chat", 2);
    }),

    /** The set is deleted while the controller creates its ManagedModels. */
    SET_DELETE(testBed -> {}, testBed -> {
        testBed.sets().apply("chat", "replicas: 3, " + Specs.QWEN);
        eventually(
                "a ManagedModel exists",
                TestBed.TIMEOUT,
                () -> testBed.sets().replicas("chat"),
                replicas -> !replicas.isEmpty());
        testBed.sets().resource("chat").delete();
        eventually("no ManagedModel is left", TestBed.TIMEOUT, testBed::collectGarbage, List::isEmpty);
    }),

    SET_BEHIND_SERVICE(ControllerScenario::givenSetBehindService, testBed -> {
        testBed.sets().apply("chat", "replicas: 2, " + Specs.labeled("llama-3.2-1b-instruct"));
        testBed.sets().awaitReady("chat", 2);
        testBed.awaitReadyEndpoints("chat", 2);
    }),

    SERVICE_CREATE(ControllerScenario::givenTwoModels, ControllerScenario::createService),

    SERVICE_READINESS(ControllerScenario::givenService, testBed -> {
        testBed.agent("n1").fail("a");
        testBed.services().awaitReady("chat", "b");
        testBed.agent("n1").recover("a");
        testBed.services().awaitReady("chat", "a", "b");
    }),

    /** The agent waits for the withdrawal before it loads the model again. */
    SERVICE_RELOAD(ControllerScenario::givenService, testBed -> {
        testBed.models().apply("a", "model: llama-3.2-1b-instruct, nodeName: n1");
        testBed.models().awaitVerified("a", 2);
        testBed.services().awaitReady("chat", "a", "b");
    }),

    /** The agent waits for the withdrawal before it unloads the model. */
    SERVICE_UNLOAD(ControllerScenario::givenService, testBed -> {
        testBed.models().resource("a").delete();
        testBed.models().awaitGone("a");
        testBed.services().awaitReady("chat", "b");
    }),

    SERVICE_DELETE(ControllerScenario::givenService, testBed -> {
        testBed.services().resource("chat").delete();
        testBed.services().awaitSlices("chat", "are gone", List::isEmpty);
        List.of("a", "b").forEach(name -> testBed.models()
                .await(name, "is not published", model -> AppliedModels.condition(model, "Published") == null));
    }),

    SERVICE_SELECTOR(ControllerScenario::givenService, testBed -> {
        testBed.serve("c", "n3", "other");
        testBed.select("chat", "app=other");
        testBed.services().awaitReady("chat", "c");
    }),

    /** Another controller has a slice of the same Service, and also writes the slices of this operator. */
    SERVICE_OTHER_SLICES(ControllerScenario::givenTwoModels, testBed -> {
        testBed.writeOtherSlice("chat", "192.0.2.1");
        createService(testBed);
        testBed.writeOtherSlice("chat", "192.0.2.2");
        testBed.emptyOwnSlices();
        testBed.services().awaitReady("chat", "a", "b");
    });

    private final Consumer<ControllerTestBed> given;
    private final Consumer<ControllerTestBed> act;

    ControllerScenario(Consumer<ControllerTestBed> given, Consumer<ControllerTestBed> act) {
        this.given = given;
        this.act = act;
    }

    @Override
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public List<FaultType> faultTypes() {
        return FaultType.ofControllers();
    }

    @Override
    public TestBed createTestBed(ControlPlane controlPlane, Path directory) {
        return ControllerTestBed.create(controlPlane);
    }

    @Override
    public void prepare(TestBed testBed) {
        given.accept((ControllerTestBed) testBed);
    }

    @Override
    public void act(TestBed testBed) {
        act.accept((ControllerTestBed) testBed);
    }

    private static void given(ControllerTestBed testBed, String spec, int replicas) {
        testBed.sets().apply("chat", spec);
        testBed.sets().awaitReady("chat", replicas);
    }

    private static void givenTwoReplicas(ControllerTestBed testBed) {
        given(testBed, "replicas: 2, " + Specs.QWEN, 2);
    }

    private static void givenSetBehindService(ControllerTestBed testBed) {
        given(testBed, "replicas: 2, " + Specs.labeled("qwen3-4b"), 2);
        testBed.services().create("chat", "app=chat");
        testBed.awaitReadyEndpoints("chat", 2);
    }

    private static void givenTwoModels(ControllerTestBed testBed) {
        testBed.serve("a", "n1", "chat");
        testBed.serve("b", "n2", "chat");
    }

    private static void givenService(ControllerTestBed testBed) {
        givenTwoModels(testBed);
        createService(testBed);
    }

    private static void createService(ControllerTestBed testBed) {
        testBed.services().create("chat", "app=chat");
        testBed.services().awaitReady("chat", "a", "b");
    }

    private static final class Specs {

        static final String QWEN = "template: {spec: {model: qwen3-4b}}";
        static final String LLAMA = "template: {spec: {model: llama-3.2-1b-instruct}}";

        static String labeled(String model) {
            return "template: {metadata: {labels: {app: chat}}, spec: {model: %s}}".formatted(model);
        }
    }
}
