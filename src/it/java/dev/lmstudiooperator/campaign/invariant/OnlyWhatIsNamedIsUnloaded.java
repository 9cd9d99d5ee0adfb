package dev.lmstudiooperator.campaign.invariant;

import java.util.stream.Stream;

/** Only instances that a ManagedModel of this node named before the unload began are unloaded. */
final class OnlyWhatIsNamedIsUnloaded implements Invariant {

    @Override
    public Stream<String> violations(Evidence evidence) {
        return evidence.journal().calls("unload").stream()
                .filter(call -> evidence.versions().stream()
                        .filter(version -> !version.at().isAfter(call.startedAt()))
                        .noneMatch(version -> version.identifier().equals(Evidence.identifierOf(call))))
                .map(call -> "no ManagedModel names what was unloaded: " + Evidence.reported(call));
    }
}
