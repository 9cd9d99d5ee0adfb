package dev.lmstudiooperator.lease;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.util.Optional;

/**
 * Stores a Lease. A writer must know the stored version: of two concurrent writes, one succeeds. All methods throw the
 * client's exception if the API server does not answer or refuses the request.
 */
interface LeaseStore {

    Optional<Lease> read();

    /** The stored Lease after the write; empty if a Lease already exists. */
    Optional<Lease> create(Lease lease);

    /** The stored Lease after the write; empty if the Lease was changed or deleted since it was read. */
    Optional<Lease> update(Lease lease);
}
