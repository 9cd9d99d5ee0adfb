package dev.lmstudiooperator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lmstudiooperator.api.v1alpha1.RawResource.Answer;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Checks which objects the API server accepts and rejects, and its messages. The cases are in {@code
 * resources/validation}.
 */
@WithControlPlane
class CustomResourceValidationIT {

    private final ControlPlane controlPlane;

    CustomResourceValidationIT(ControlPlane controlPlane) {
        this.controlPlane = controlPlane;
    }

    @TestFactory
    Stream<DynamicTest> theApiServerJudges() {
        return ValidationCase.all()
                .map(example -> dynamicTest(example.claim(), example.file().toUri(), () -> judge(example)));
    }

    private void judge(ValidationCase example) {
        try (RawResource object = objectOf(example)) {
            judge(example, object);
        }
    }

    private RawResource objectOf(ValidationCase example) {
        Class<? extends HasMetadata> type =
                switch (example.kind()) {
                    case "ManagedModel" -> ManagedModel.class;
                    case "ManagedModelSet" -> ManagedModelSet.class;
                    case "LMStudioNode" -> LMStudioNode.class;
                    default -> throw new AssertionError("No such resource type: " + example.kind());
                };
        String namespace = controlPlane.createNamespace("validation").name();
        return RawResource.of(type, controlPlane.admin(), namespace, example.name());
    }

    private static void judge(ValidationCase example, RawResource object) {
        // given
        example.allButTheLast()
                .forEach(document -> assertThat(object.apply(document)).matches(Answer::isAccepted, "is accepted"));

        // when
        Answer answer = example.documents().size() == 1 ? object.create(example.last()) : object.apply(example.last());

        // then
        if (example.isValid()) {
            assertThat(answer).matches(Answer::isAccepted, "is accepted");
        } else {
            assertThat(answer).matches(Answer::isRefused, "is refused as the client's mistake");
            assertThat(example.expectedMessages()).isNotEmpty();
            assertThat(answer.message()).contains(example.expectedMessages());
        }
    }
}
