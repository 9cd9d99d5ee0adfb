package dev.lmstudiooperator.lease;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.util.Optional;

/**
 * Where the Lease of this node is kept. Who writes has to know what stands there: of two who write at once, one wins.
 * Everything fails with the client's exception when nobody answers, or what is asked for is refused.
 */
interface LeaseStore {

    Optional<Lease> read();

    /** The Lease as it stands then; empty when there is one already. */
    Optional<Lease> create(Lease lease);

    /** The Lease as it stands then; empty when it was changed or deleted since it was read. */
    Optional<Lease> update(Lease lease);
}
