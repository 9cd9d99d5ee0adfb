package dev.lmstudiooperator.preflight;

import java.util.Set;

/** How the API server receives this release of the operator. */
sealed interface CrdCheckResult {

    /** It serves ManagedModels as this release knows them. */
    record Ready() implements CrdCheckResult {}

    /** Its CustomResourceDefinition lacks fields that this release uses. */
    record Older(Set<String> missingFields) implements CrdCheckResult {}

    /** It serves no ManagedModels. */
    record NoDefinition() implements CrdCheckResult {}

    /** It does not know this process, or does not let it ask. */
    record Refused(int code) implements CrdCheckResult {}

    /** It does not answer. */
    record Unreachable(String why) implements CrdCheckResult {}
}
