package dev.lmstudiooperator.lmstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Checks how a call to LM Studio fails. */
public final class FailureAssertions {

    private FailureAssertions() {}

    /** Checks that the call fails with this kind, and that the explanation contains this part. Returns the failure. */
    public static LmStudioFailure assertFails(ThrowingCallable call, String kind, String part) {
        LmStudioFailure failure = catchThrowableOfType(LmStudioFailure.class, call);
        String actual =
                switch (failure) {
                    case InfrastructureFailure infrastructure ->
                        infrastructure.kind().name();
                    case DomainFailure domain -> domain.kind().name();
                };
        assertThat(actual).as(failure.explanation()).isEqualTo(kind);
        assertThat(failure.explanation()).contains(part);
        return failure;
    }
}
