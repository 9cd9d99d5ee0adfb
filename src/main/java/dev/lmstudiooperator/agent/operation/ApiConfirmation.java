package dev.lmstudiooperator.agent.operation;

import dev.lmstudiooperator.agent.observer.ObservationSource;
import dev.lmstudiooperator.agent.plan.Action.ModelOperation;
import dev.lmstudiooperator.lmstudio.ApiModelList;
import dev.lmstudiooperator.lmstudio.LmStudioApi;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.util.Optional;
import java.util.Set;

/**
 * Confirms by the HTTP API what {@code lms} would otherwise have to list before and after an operation. A request costs
 * milliseconds, and a call of {@code lms} a third of a second of a core. Does not wait for an API that did not answer the
 * last poll.
 */
final class ApiConfirmation {

    private final LmStudioApi api;
    private final ObservationSource observations;

    ApiConfirmation(LmStudioApi api, ObservationSource observations) {
        this.api = api;
        this.observations = observations;
    }

    /**
     * Whether the last observation of this machine still holds for a load. The API does not report paths, and not
     * whether a linked device has the model: {@code lms load --exact --local} fails if this machine does not have the path.
     */
    boolean confirmsObservationFor(ModelOperation.Load load) {
        Optional<Set<String>> keys = observations
                .current()
                .served()
                .known()
                .map(ApiModelList::modelKeys)
                .filter(listed -> listed.contains(load.request().modelKey()));
        return load.request().path() != null
                && keys.isPresent()
                && list().filter(list -> list.modelKeys().equals(keys.get()))
                        .filter(list -> list.isFree(load.identifier()))
                        .isPresent();
    }

    /** Whether the operation has reached its goal. */
    boolean confirmsResultOf(ModelOperation operation) {
        return observations.current().served().isKnown()
                && list().filter(ApiModelList::hasIdentifiers)
                        .filter(list -> switch (operation) {
                            case ModelOperation.Load load ->
                                list.lists(load.identifier(), load.request().modelKey());
                            case ModelOperation.Unload unload -> list.isFree(unload.identifier());
                        })
                        .isPresent();
    }

    /** Empty if the API does not answer, or the operation is cancelled meanwhile. */
    private Optional<ApiModelList> list() {
        try {
            return Optional.of(api.list());
        } catch (LmStudioFailure e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
