package dev.lmstudiooperator.startup;

import java.util.Set;

/** How the API server receives this release of the operator. */
sealed interface Welcome {

    /** It serves ManagedModels as this release knows them. */
    record Ready() implements Welcome {}

    /** Its CustomResourceDefinition lacks fields that this release uses. */
    record Older(Set<String> missingFields) implements Welcome {}

    /** It serves no ManagedModels. */
    record NoDefinition() implements Welcome {}

    /** It does not know this process, or does not let it ask. */
    record Refused(int code) implements Welcome {}

    /** It does not answer. */
    record Unreachable(String why) implements Welcome {}
}
