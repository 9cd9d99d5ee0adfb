package dev.lmstudiooperator.preflight;

import java.util.Set;

/** Result of the check that the API server serves the CRDs of this release. */
sealed interface CrdCheckResult {

    /** The API server serves ManagedModels with all fields of this release. */
    record Ready() implements CrdCheckResult {}

    /** The CustomResourceDefinition lacks fields that this release uses. */
    record Older(Set<String> missingFields) implements CrdCheckResult {}

    /** The API server does not serve ManagedModels. */
    record NoDefinition() implements CrdCheckResult {}

    /** The API server does not authenticate this process, or does not permit the request. */
    record Refused(int code) implements CrdCheckResult {}

    /** The API server does not respond. */
    record Unreachable(String why) implements CrdCheckResult {}
}
