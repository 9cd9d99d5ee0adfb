package dev.lmstudiooperator.faultinjection.invariant;

import java.util.stream.Stream;

/** Every unload is for an instance that a ManagedModel of this node named before the unload began. */
final class OnlyManagedInstancesAreUnloaded implements Invariant {

    @Override
    public Stream<String> violations(Evidence evidence) {
        return evidence.journal().calls("unload").stream()
                .filter(call -> evidence.versions().stream()
                        .filter(version -> !version.at().isAfter(call.startedAt()))
                        .noneMatch(version -> version.identifier().equals(Evidence.identifierOf(call))))
                .map(call -> "unload of an unmanaged instance: " + Evidence.describe(call));
    }
}
