package dev.lmstudiooperator.controller.modelset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelSet;
import dev.lmstudiooperator.clock.SteadyClock;
import dev.lmstudiooperator.controller.modelset.Replica.Home;
import dev.lmstudiooperator.controller.modelset.ReplicaFactory.NodeView;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests the templates of sets, and how ManagedModels are described to the planner. */
class ReplicaFactoryTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private final SteadyClock clock = new SteadyClock(InstantSource.fixed(NOW), () -> 0);

    // The template

    @Test
    void newReplicaHasTheTemplateTheLabelsAndTheOwner() {
        SetTemplate template = SetTemplate.of(
                set(
                        "template: {metadata: {labels: {team: a}, annotations: {note: b}}, spec: {model: qwen, nodeSelector: {gpu: l4}}}"));

        ManagedModel replica = template.create(new Plan.Create("chat-1", null));

        assertThat(replica.getSpec().model()).isEqualTo("qwen");
        assertThat(replica.getSpec().identifier()).isEqualTo("chat");
        assertThat(replica.getSpec().nodeSelector()).containsEntry("gpu", "l4");
        assertThat(replica.getMetadata().getLabels())
                .containsEntry("team", "a")
                .containsEntry(ManagedModelSet.SET_LABEL, "chat")
                .containsEntry(ManagedModelSet.TEMPLATE_HASH_LABEL, template.hash());
        assertThat(replica.getMetadata().getAnnotations()).containsEntry("note", "b");
        assertThat(replica.getMetadata().getOwnerReferences())
                .singleElement()
                .satisfies(owner -> assertThat(owner.getUid()).isEqualTo("uid-1"));
        assertThat(template.isHeldBy(replica)).isTrue();
        assertThat(template.fits(replica)).isTrue();
    }

    @Test
    void replicaOfANodeIsPinnedAndHasNoSelector() {
        SetTemplate template =
                SetTemplate.of(set("everyNode: true, template: {spec: {model: qwen, nodeSelector: {gpu: l4}}}"));

        ManagedModel replica = template.create(new Plan.Create("chat-n1", "n1"));

        assertThat(replica.getSpec().nodeName()).isEqualTo("n1");
        assertThat(replica.getSpec().nodeSelector()).isNull();
        assertThat(template.fits(replica)).isTrue();
    }

    @Test
    void hashChangesWithTheTemplateAndWithNothingElse() {
        String hash = hash("template: {spec: {model: qwen}}");

        assertThat(hash).hasSize(10);
        assertThat(hash("replicas: 5, minReadySeconds: 3, template: {spec: {model: qwen}}"))
                .isEqualTo(hash);
        assertThat(hash("template: {spec: {model: qwen, identifier: chat}}")).isEqualTo(hash);
        assertThat(hash("template: {spec: {model: other}}")).isNotEqualTo(hash);
        assertThat(hash("template: {spec: {model: qwen, identifier: talk}}")).isNotEqualTo(hash);
        assertThat(hash("template: {metadata: {labels: {a: b}}, spec: {model: qwen}}"))
                .isNotEqualTo(hash);
        assertThat(hash("template: {metadata: {annotations: {a: b}}, spec: {model: qwen}}"))
                .isNotEqualTo(hash);
        assertThat(hash("everyNode: true, template: {spec: {model: qwen}}")).isNotEqualTo(hash);
    }

    @Test
    void immutableFieldsDecideWhetherAReplicaFits() {
        ManagedModel replica =
                SetTemplate.of(set("template: {spec: {model: qwen}}")).create(new Plan.Create("chat-1", null));

        assertThat(SetTemplate.of(set("template: {spec: {model: other, ttlSeconds: 60}}"))
                        .fits(replica))
                .isTrue();
        assertThat(SetTemplate.of(set("template: {spec: {model: qwen, identifier: talk}}"))
                        .fits(replica))
                .isFalse();
        assertThat(SetTemplate.of(set("template: {spec: {model: qwen, nodeSelector: {gpu: l4}}}"))
                        .fits(replica))
                .isFalse();
        assertThat(SetTemplate.of(set("everyNode: true, template: {spec: {model: qwen}}"))
                        .fits(replica))
                .isFalse();
    }

    @Test
    void updateKeepsWhatCannotChangeAndTheAnnotationsOfTheOperator() {
        SetTemplate template = SetTemplate.of(set("template: {metadata: {labels: {team: a}}, spec: {model: other}}"));
        ManagedModel adopted = model("""
                metadata:
                  name: chat
                  labels: {mine: x}
                  annotations: {note: y, lmstudio-operator.dev/reload: "1", lmstudio-operator.dev/unreadable.x: z}
                spec: {model: qwen}
                """);

        ManagedModel updated = template.applyTo(adopted);

        assertThat(updated.getSpec().model()).isEqualTo("other");
        assertThat(updated.getSpec().identifier()).isNull();
        assertThat(updated.getMetadata().getLabels()).containsEntry("team", "a").doesNotContainKey("mine");
        assertThat(updated.getMetadata().getAnnotations()).containsOnlyKeys("lmstudio-operator.dev/reload");
        assertThat(template.isHeldBy(updated)).isTrue();
    }

    @Test
    void updateAddsTheAnnotationsOfTheTemplate() {
        SetTemplate template =
                SetTemplate.of(set("template: {metadata: {annotations: {note: b}}, spec: {model: qwen}}"));

        ManagedModel updated =
                template.applyTo(model("metadata: {name: chat, annotations: {note: y}}\nspec: {model: qwen}"));

        assertThat(updated.getMetadata().getAnnotations()).isEqualTo(Map.of("note", "b"));
    }

    @Test
    void modelHoldsOnlyTheTemplateOfItsLabel() {
        SetTemplate template = SetTemplate.of(set("template: {spec: {model: qwen}}"));
        ManagedModel replica = template.create(new Plan.Create("chat-1", null));

        assertThat(template.isHeldBy(replica)).isTrue();
        assertThat(SetTemplate.of(set("template: {spec: {model: other}}")).isHeldBy(replica))
                .isFalse();
        replica.getMetadata().setLabels(null);
        assertThat(template.isHeldBy(replica)).isFalse();
    }

    // Replicas

    @Test
    void nodeIsTheOneOfTheSchedulerOrThePinnedOne() {
        SetTemplate template = SetTemplate.of(set("everyNode: true, template: {spec: {model: qwen}}"));
        ManagedModel pinned = template.create(new Plan.Create("chat-n1", "n1"));
        pinned.getMetadata().setCreationTimestamp("2026-01-01T10:00:00Z");
        Replica waiting = new ReplicaFactory(template, node -> new NodeView(Home.ALIVE, null), clock).of(pinned);

        assertThat(waiting.nodeName()).isEqualTo("n1");
        assertThat(waiting.home()).isEqualTo(Home.NONE);
        assertThat(replica("nodeName: n2").nodeName()).isEqualTo("n2");
        assertThat(replica("nodeName: n2").home()).isEqualTo(Home.ALIVE);
    }

    @Test
    void replicaWithoutAStatusHasNoNode() {
        Replica replica = replica("");

        assertThat(replica.home()).isEqualTo(Home.NONE);
        assertThat(replica.nodeName()).isNull();
        assertThat(replica.isReady()).isFalse();
        assertThat(replica.availableSince()).isNull();
        assertThat(replica.detail()).isEmpty();
    }

    @Test
    void readyCountsForItsGenerationOnly() {
        String conditions = "conditions: [{type: Ready, status: \"True\", reason: Verified, message: served}]";

        assertThat(replica("nodeName: n1, observedGeneration: 2, " + conditions).isReady())
                .isTrue();
        assertThat(replica("nodeName: n1, observedGeneration: 1, " + conditions).isReady())
                .isFalse();
    }

    @Test
    void replicaIsSettledWhenItsAgentHasNothingToDo() {
        String conditions = "conditions: [{type: Ready, status: \"False\"}, {type: %s, status: \"True\"}]";

        assertThat(replica("nodeName: n1, observedGeneration: 2, " + conditions.formatted("Stalled"))
                        .isSettled())
                .isTrue();
        assertThat(replica("nodeName: n1, observedGeneration: 2, " + conditions.formatted("Reconciling"))
                        .isSettled())
                .isFalse();
        assertThat(replica("nodeName: n1, observedGeneration: 1, " + conditions.formatted("Stalled"))
                        .isSettled())
                .isFalse();
    }

    @Test
    void availableSinceIsTheTimeOfTheCondition() {
        assertThat(available("2026-01-01T11:59:00Z")).isEqualTo(NOW.minusSeconds(60));
        assertThat(available("2027-01-01T00:00:00Z")).as("a wrong clock").isEqualTo(clock.start());
        assertThat(replica(
                                "conditions: [{type: Available, status: \"False\", lastTransitionTime: \"2026-01-01T11:59:00Z\"}]")
                        .availableSince())
                .isNull();
    }

    @Test
    void detailSaysWhatTheReplicaWaitsFor() {
        assertThat(replica("conditions: [{type: Ready, status: \"False\", reason: Loading, message: soon}]")
                        .detail())
                .isEqualTo("Loading: soon");
        assertThat(replica("conditions: [{type: Ready, status: \"False\", reason: NoMatchingNode, message: 0/1}]")
                        .detail())
                .isEqualTo("0/1");
    }

    // Membership

    @Test
    void labelSelectsAndTheOwnerDecides() {
        String label = "labels: {lmstudio-operator.dev/set: chat}";
        String own = "ownerReferences: [{kind: ManagedModelSet, name: chat, uid: uid-1, controller: true}]";
        String other = "ownerReferences: [{kind: ManagedModelSet, name: talk, uid: uid-2, controller: true}]";
        String plain = "ownerReferences: [{kind: Node, name: n1, uid: uid-3}]";
        String deleted = "deletionTimestamp: \"2026-01-01T00:00:00Z\"";

        assertThat(membership(label + ", " + own)).isEqualTo(Membership.MEMBER);
        assertThat(membership(own + ", " + deleted)).isEqualTo(Membership.MEMBER);
        assertThat(membership(label)).isEqualTo(Membership.ORPHAN);
        assertThat(membership(label + ", " + plain)).isEqualTo(Membership.ORPHAN);
        assertThat(membership(label + ", " + deleted)).isEqualTo(Membership.OTHER);
        assertThat(membership(own)).isEqualTo(Membership.RELEASED);
        assertThat(membership(label + ", " + other)).isEqualTo(Membership.OTHER);
        assertThat(membership("labels: {lmstudio-operator.dev/set: talk}")).isEqualTo(Membership.OTHER);
    }

    @Test
    void releasedModelKeepsItsOtherOwners() {
        ManagedModel model = model("""
                metadata:
                  name: chat-1
                  ownerReferences:
                  - {kind: ManagedModelSet, name: chat, uid: uid-1, controller: true}
                  - {kind: Node, name: n1, uid: uid-3}
                """);
        ManagedModelSet set = set("template: {spec: {model: qwen}}");

        assertThat(Membership.ownersWithout(model, set))
                .extracting(OwnerReference::getUid)
                .containsExactly("uid-3");
        assertThat(Membership.ownersWithout(model("metadata: {name: chat-1}"), set))
                .isEmpty();
    }

    private static Membership membership(String metadata) {
        return Membership.of(
                model("metadata: {name: chat-1, %s}".formatted(metadata)), set("template: {spec: {model: qwen}}"));
    }

    private @Nullable Instant available(String since) {
        return replica("conditions: [{type: Available, status: \"True\", lastTransitionTime: \"%s\"}]".formatted(since))
                .availableSince();
    }

    private Replica replica(String status) {
        SetTemplate template = SetTemplate.of(set("template: {spec: {model: qwen}}"));
        return new ReplicaFactory(template, node -> new NodeView(Home.ALIVE, null), clock)
                .of(model("""
                metadata: {name: chat-1, generation: 2, creationTimestamp: "2026-01-01T10:00:00Z"}
                spec: {model: qwen}
                status: {%s}
                """.formatted(status)));
    }

    private static String hash(String spec) {
        return SetTemplate.of(set(spec)).hash();
    }

    private static ManagedModel model(String yaml) {
        return Serialization.unmarshal(yaml, ManagedModel.class);
    }

    private static ManagedModelSet set(String spec) {
        return Serialization.unmarshal("""
                metadata: {name: chat, namespace: team, uid: uid-1, generation: 1}
                spec: {%s}
                """.formatted(spec), ManagedModelSet.class);
    }
}
