package dev.lmstudiooperator.controller.endpointslice;

/**
 * A problem of a Service that requires manual intervention. It becomes an event of the Service.
 *
 * @param message one sentence with what to do
 */
record ServiceProblem(Kind kind, String message) {

    /** The kind of a problem. */
    enum Kind {
        /** The annotation cannot be parsed as a selector. Correct the annotation. */
        INVALID_SELECTOR("InvalidSelector"),
        /** The Service has a {@code spec.selector} of its own. Remove the selector or the annotation. */
        SELECTOR_CONFLICT("SelectorConflict"),
        /** The Service has no TCP port, or is of type ExternalName. Correct the Service. */
        UNSUPPORTED_SERVICE("UnsupportedService"),
        /** No ManagedModel of the namespace has the labels. Correct the annotation or the labels. */
        NO_MATCHING_MODEL("NoMatchingModel"),
        /** The ManagedModels differ in identifier or model. Select ManagedModels with the same answers. */
        MIXED_MODELS("MixedModels"),
        /** The address of a node cannot be published. Set {@code spec.advertisedAddress} of the LMStudioNode. */
        ADDRESS_NOT_USABLE("AddressNotUsable"),
        /** The host name of a node cannot be resolved. Correct the address or the name service. */
        ADDRESS_NOT_RESOLVED("AddressNotResolved"),
        /** Kubernetes mirrors a legacy Endpoints object of the Service. Delete the Endpoints object. */
        MIRRORED_ENDPOINTS("MirroredEndpoints"),
        /** Another controller writes EndpointSlices of the Service. Stop it, or remove the annotation. */
        OTHER_ENDPOINT_SLICES("OtherEndpointSlices");

        private final String reason;

        Kind(String reason) {
            this.reason = reason;
        }

        /** The reason of the event. */
        String reason() {
            return reason;
        }
    }
}
