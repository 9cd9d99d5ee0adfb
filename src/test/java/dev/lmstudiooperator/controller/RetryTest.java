package dev.lmstudiooperator.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import io.javaoperatorsdk.operator.processing.retry.RetryExecution;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By default, JOSDK gives up after five attempts. The object would then wait for its next change. */
class RetryTest {

    @ParameterizedTest
    @ValueSource(classes = {ModelReconciler.class, NodeReconciler.class})
    void failedReconciliationIsRetriedWithoutLimit(Class<?> reconciler) {
        GenericRetry retry = new GenericRetry();
        retry.initFrom(reconciler.getAnnotation(GradualRetry.class));
        RetryExecution execution = retry.initExecution();

        for (int attempt = 0; attempt < 100; attempt++) {
            Optional<Long> delay = execution.nextDelay();
            assertThat(delay).hasValueSatisfying(millis -> assertThat(millis).isBetween(500L, 60_000L));
        }
    }
}
