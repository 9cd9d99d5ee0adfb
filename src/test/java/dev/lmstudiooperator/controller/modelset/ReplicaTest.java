package dev.lmstudiooperator.controller.modelset;

import static dev.lmstudiooperator.controller.modelset.Sets.NOW;
import static dev.lmstudiooperator.controller.modelset.Sets.ago;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmstudiooperator.controller.modelset.Replica.Home;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests when a rollout may go on after a replica, and when clients may use one. */
class ReplicaTest {

    private static final Duration MIN_READY = Duration.ofSeconds(30);

    @ParameterizedTest
    @CsvSource({
        // updated, Ready, settled, Available for seconds; up, available, serving
        "true,  true,  true,  30, true,  true,  true",
        "true,  true,  true,  29, false, false, true",
        "true,  true,  true,  ,   true,  false, true",
        "true,  false, true,  60, false, true,  true",
        "true,  false, false, ,   false, false, false",
        "false, true,  false, ,   true,  false, true",
        "false, true,  true,  29, true,  false, true",
        "false, false, true,  60, true,  true,  true",
        "false, false, false, 60, false, true,  true",
        "false, false, true,  ,   false, false, false"
    })
    void updatedReplicaMustBeReadyAndAnOutdatedOneOnlyFinished(
            boolean isUpdated,
            boolean isReady,
            boolean isSettled,
            @Nullable Long availableFor,
            boolean isUp,
            boolean isAvailable,
            boolean isServing) {
        Replica replica = new Replica(
                "a",
                ago(3600),
                "n1",
                Home.ALIVE,
                null,
                false,
                isUpdated,
                true,
                isReady,
                isSettled,
                availableFor == null ? null : ago(availableFor),
                "");

        assertThat(replica.isUp(MIN_READY, NOW)).isEqualTo(isUp);
        assertThat(replica.isAvailable(MIN_READY, NOW)).isEqualTo(isAvailable);
        assertThat(replica.isServing()).isEqualTo(isServing);
    }
}
