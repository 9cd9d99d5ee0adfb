package dev.lmstudiooperator.lmstudio;

import static dev.lmstudiooperator.Copies.copy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Builds observations for tests. {@link #anObservation} is complete, and LM Studio has no model: none in memory, none
 * on disk, and none in the list of the HTTP API.
 */
public record ObservationBuilder(
        Instant at,
        Reading<List<Instance>> loaded,
        Reading<List<DownloadedModel>> downloaded,
        Reading<ApiModelList> served,
        @Nullable Reading<Set<String>> loading,
        Map<String, Instant> busySince) {

    public static ObservationBuilder anObservation(Instant at) {
        return new ObservationBuilder(
                at,
                new Reading.Known<>(List.of(), at),
                new Reading.Known<>(List.of(), at),
                new Reading.Known<>(new ApiModelList(Set.of(), Set.of()), at),
                null,
                Map.of());
    }

    public ObservationBuilder loaded(Instance... instances) {
        return loaded(new Reading.Known<>(List.of(instances), at));
    }

    public ObservationBuilder loaded(Reading<List<Instance>> reading) {
        return copy(this, "loaded", reading);
    }

    public ObservationBuilder downloaded(DownloadedModel... models) {
        return downloaded(new Reading.Known<>(List.of(models), at));
    }

    public ObservationBuilder downloaded(Reading<List<DownloadedModel>> reading) {
        return copy(this, "downloaded", reading);
    }

    public ObservationBuilder served(Reading<ApiModelList> reading) {
        return copy(this, "served", reading);
    }

    public ObservationBuilder loadingAt(Instant time, String... keys) {
        return copy(this, "loading", new Reading.Known<>(Set.of(keys), time));
    }

    public ObservationBuilder busySince(Map<String, Instant> times) {
        return copy(this, "busySince", times);
    }

    public Observation build() {
        return loading == null
                ? new Observation(loaded, downloaded, served)
                : new Observation(loaded, downloaded, served, loading, busySince);
    }
}
