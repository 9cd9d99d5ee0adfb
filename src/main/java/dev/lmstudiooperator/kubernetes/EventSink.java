package dev.lmstudiooperator.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;

/** Takes what people are told of an object. */
@FunctionalInterface
public interface EventSink {

    /** Of what happened at that wall time: others may have told of later things since. */
    void tell(HasMetadata object, EventData news, Instant at);
}
