package dev.lmstudiooperator.agent.lmstudionode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.LMStudioNode;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests what an LMStudioNode takes from the Kubernetes Node and from the configuration. */
class RegistrationTest {

    private static final NodeStatusSyncer.Settings SETTINGS = new NodeStatusSyncer.Settings(
            "gpu-1", Map.of("pool", "configured", "extra", "yes"), URI.create("http://127.0.0.1:1234"), null);
    private static final Node NODE = new NodeBuilder()
            .withNewMetadata()
            .withName("gpu-1")
            .withUid("uid-1")
            .withLabels(Map.of("zone", "a", "pool", "of-the-node"))
            .endMetadata()
            .build();

    @Test
    void labelsAreThoseOfTheNodeUnlessConfigured() {
        assertThat(Registration.of(SETTINGS, NODE).labels())
                .containsExactlyInAnyOrderEntriesOf(Map.of("zone", "a", "pool", "configured", "extra", "yes"));
    }

    @Test
    void nodeOwnsIt() {
        LMStudioNode applied = Registration.of(SETTINGS, NODE).applied();

        assertThat(applied.getMetadata().getName()).isEqualTo("gpu-1");
        assertThat(applied.getMetadata().getOwnerReferences())
                .singleElement()
                .extracting(
                        OwnerReference::getApiVersion,
                        OwnerReference::getKind,
                        OwnerReference::getName,
                        OwnerReference::getUid)
                .containsExactly("v1", "Node", "gpu-1", "uid-1");
        assertThat(applied.getSpec()).isNull();
        assertThat(applied.getStatus()).isNull();
    }

    @Test
    void hostOutsideTheClusterHasWhatIsConfigured() {
        LMStudioNode applied = Registration.of(SETTINGS, null).applied();

        assertThat(applied.getMetadata().getLabels()).isEqualTo(SETTINGS.labels());
        assertThat(applied.getMetadata().getOwnerReferences()).isEmpty();
    }

    @Test
    void nodeWithoutLabelsIsEnough() {
        Node bare = new NodeBuilder()
                .withNewMetadata()
                .withName("gpu-1")
                .withUid("uid-1")
                .endMetadata()
                .build();
        bare.getMetadata().setLabels(null);

        assertThat(Registration.of(SETTINGS, bare).labels()).isEqualTo(SETTINGS.labels());
    }

    @Test
    void whatOthersAddStays() {
        Registration registration = Registration.of(SETTINGS, NODE);
        LMStudioNode node = registration.applied();
        node.getMetadata().getLabels().put("added", "by-a-person");

        assertThat(registration.matches(node)).isTrue();
    }

    @Test
    void whatOthersTakeAwayOrChangeIsMissed() {
        Registration registration = Registration.of(SETTINGS, NODE);
        LMStudioNode withoutLabel = registration.applied();
        withoutLabel.getMetadata().getLabels().remove("zone");
        LMStudioNode otherLabel = registration.applied();
        otherLabel.getMetadata().getLabels().put("zone", "b");
        LMStudioNode withoutOwner = Registration.of(SETTINGS, null).applied();
        withoutOwner.getMetadata().setLabels(registration.labels());
        LMStudioNode bare = new LMStudioNode();
        bare.getMetadata().setLabels(null);

        assertThat(registration.matches(withoutLabel)).isFalse();
        assertThat(registration.matches(otherLabel)).isFalse();
        assertThat(registration.matches(withoutOwner)).isFalse();
        assertThat(registration.matches(bare)).isFalse();
    }
}
