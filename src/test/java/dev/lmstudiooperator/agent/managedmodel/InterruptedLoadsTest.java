package dev.lmstudiooperator.agent.managedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.api.v1alpha1.ManagedModels;
import org.junit.jupiter.api.Test;

/** Tests which status indicates a load that LM Studio may still complete. */
class InterruptedLoadsTest {

    private static final String LOADING =
            ", conditions: [{type: Ready, status: 'False', reason: Loading, message: Loads}]";

    @Test
    void loadThatBeganWithoutARecordedEndIsInterrupted() {
        assertThat(isIn("loadRevision: a" + LOADING)).isTrue();
        assertThat(isIn("loadRevision: b, loadedRevision: a" + LOADING)).isTrue();
    }

    @Test
    void loadThatNeverBeganIsNotInterrupted() {
        assertThat(isIn("observedGeneration: 1")).isFalse();
    }

    @Test
    void loadThatSucceededOrFailedIsNotInterrupted() {
        assertThat(isIn("loadRevision: a, loadedRevision: a")).isFalse();
        assertThat(isIn("loadRevision: a, lastError: {reason: LoadFailed, message: why, time: '2026-01-01T12:00:00Z'}"))
                .isFalse();
        assertThat(isIn("loadRevision: a, instance: {identifier: chat, modelKey: qwen}"))
                .isFalse();
    }

    @Test
    void loadOfWhatWasEvictedOrHasFailedBeforeIsKnownByItsReason() {
        assertThat(isIn("loadRevision: a, loadedRevision: a" + LOADING)).isTrue();
        assertThat(isIn("loadRevision: a, lastError: {reason: LoadFailed, message: why, time: '2026-01-01T12:00:00Z'}"
                        + LOADING))
                .isTrue();
    }

    private static boolean isIn(String status) {
        return InterruptedLoads.Load.isIn(ManagedModels.chat(1, ManagedModels.status("{%s}".formatted(status))));
    }
}
