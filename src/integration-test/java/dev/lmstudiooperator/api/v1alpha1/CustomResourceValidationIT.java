package dev.lmstudiooperator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lmstudiooperator.api.v1alpha1.RawManagedModels.Answer;
import dev.lmstudiooperator.controlplane.ControlPlane;
import dev.lmstudiooperator.controlplane.WithControlPlane;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the API server accepts and refuses, and in which words. The cases are in {@code resources/validation}. */
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
        // given
        var models = new RawManagedModels(
                controlPlane.admin(), controlPlane.createNamespace("validation").name());
        example.allButTheLast()
                .forEach(document -> assertThat(models.apply(document)).matches(Answer::isAccepted, "is accepted"));

        // when
        Answer answer = example.documents().size() == 1 ? models.create(example.last()) : models.apply(example.last());

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
