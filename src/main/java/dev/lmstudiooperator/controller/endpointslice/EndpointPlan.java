package dev.lmstudiooperator.controller.endpointslice;

import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints that a Service should have.
 *
 * @param endpoints at most one for each address and {@link SliceKey}
 * @param candidates all selected ManagedModels
 */
record EndpointPlan(List<PlannedEndpoint> endpoints, List<Candidate> candidates, List<ServiceProblem> problems) {

    static EndpointPlan nothing(List<ServiceProblem> problems) {
        return new EndpointPlan(List.of(), List.of(), problems);
    }

    /** An endpoint, and the slices that may contain it. */
    record PlannedEndpoint(SliceKey key, Endpoint endpoint) {}

    /**
     * A selected ManagedModel.
     *
     * @param obstacle why it receives no new connections, as one clause; null if it does
     */
    record Candidate(ManagedModel model, @Nullable String obstacle) {

        boolean isPublished() {
            return obstacle == null;
        }
    }
}
