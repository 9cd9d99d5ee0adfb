package dev.lmstudiooperator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.api.v1alpha1.ManagedModelStatus.VerificationStatus;
import dev.lmstudiooperator.api.v1alpha1.VerificationResult;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests that fields unknown to an older CRD do not block the other fields. */
class UnknownFieldPrunerTest {

    private final ManagedModel reported = Serialization.unmarshal("""
            apiVersion: lmstudio-operator.dev/v1alpha1
            kind: ManagedModel
            metadata: {name: chat}
            status:
              loads: 3
              evictions: 2
              verification: {result: Passed, latencyMillis: 5}
            """, ManagedModel.class);

    private final List<ManagedModel> asked = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T12:00:00Z");
    private final UnknownFieldPruner undeclared = new UnknownFieldPruner(() -> now);

    @Test
    void everyFieldThatIsRefusedIsLeftOut() {
        ManagedModel written = refusedOnce("""
                failed to create typed patch object (a/chat; lmstudio-operator.dev/v1alpha1, Kind=ManagedModel): errors:
                  .status.evictions: field not declared in schema
                  .status.verification.latencyMillis: field not declared in schema""");

        assertThat(written.getStatus().loads()).isEqualTo(3);
        assertThat(written.getStatus().evictions()).isNull();
        assertThat(written.getStatus().verification())
                .extracting(VerificationStatus::result, VerificationStatus::latencyMillis)
                .containsExactly(VerificationResult.PASSED, null);
        assertThat(written.getMetadata().getName()).isEqualTo("chat");
    }

    @Test
    void whatWasRefusedIsNotAskedForAgainUntilAWhileHasPassed() {
        refusedOnce(".status.evictions: field not declared in schema");
        now = now.plus(UnknownFieldPruner.MEMORY).minusSeconds(1);
        assertThat(undeclared.leftOut(reported, this::accept).getStatus().evictions())
                .isNull();

        now = now.plusSeconds(1);
        assertThat(undeclared.leftOut(reported, this::accept)).isEqualTo(reported);
    }

    @Test
    void whatIsRefusedLaterIsLeftOutBesideIt() {
        refusedOnce(".status.evictions: field not declared in schema");
        asked.clear();

        ManagedModel written = refusedOnce(".status.loads: field not declared in schema");

        assertThat(written.getStatus().evictions()).isNull();
        assertThat(written.getStatus().loads()).isNull();
    }

    @Test
    void anyOtherRefusalIsOne() {
        assertThatThrownBy(() -> refusedOnce("the server was unable to handle the request"))
                .isInstanceOf(KubernetesClientException.class);
        assertThat(asked).containsExactly(reported);
    }

    @Test
    void whatIsAcceptedIsAskedOnce() {
        undeclared.leftOut(reported, this::accept);

        assertThat(asked).containsExactly(reported);
    }

    private ManagedModel refusedOnce(String message) {
        return undeclared.leftOut(reported, model -> {
            ManagedModel accepted = accept(model);
            if (asked.size() == 1) {
                throw new KubernetesClientException(message);
            }
            return accepted;
        });
    }

    private ManagedModel accept(ManagedModel model) {
        asked.add(model);
        return model;
    }
}
