package dev.lmstudiooperator.faultinjection.invariant;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmstudiooperator.api.v1alpha1.ManagedModel;
import dev.lmstudiooperator.simulator.Journal;
import dev.lmstudiooperator.simulator.JournalEntry;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Builds the records of a run with one ManagedModel {@code m}. Times are seconds since its beginning. */
final class SampleRun {

    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    private final List<Version> versions = new ArrayList<>();
    private final List<JournalEntry> entries = new ArrayList<>();

    SampleRun version(int at) {
        return version(at, "observedGeneration: 1");
    }

    /** A version of the object with this status, in YAML flow style. */
    SampleRun version(int at, String status) {
        return add(at, false, status);
    }

    SampleRun deleted(int at, String status) {
        return add(at, true, status);
    }

    /** The status that the agent writes after it verified the model. */
    static String verifiedStatus(int verifiedAt) {
        return """
                observedGeneration: 1,
                verification: {result: Passed, mode: Served, checkedTime: "%s", cli: "", api: ""},
                conditions: [{type: Available, status: "True", reason: Verified}]""".formatted(time(verifiedAt));
    }

    private SampleRun add(int at, boolean isDeleted, String status) {
        ManagedModel model = Serialization.unmarshal("""
                metadata: {name: m, namespace: faults, uid: uid-of-m}
                spec: {model: llama}
                status: {%s}
                """.formatted(status.replace('\n', ' ')), ManagedModel.class);
        versions.add(new Version(time(at), isDeleted, model));
        return this;
    }

    SampleRun call(int from, int to, String commandLine) {
        return call(from, to, commandLine, "done");
    }

    /** A call without an effect. */
    SampleRun failedCall(int from, int to, String commandLine) {
        return entry("cli", List.of(commandLine.split(" ")), from, to, List.of(), node());
    }

    /** A call with an effect in LM Studio. */
    SampleRun call(int from, int to, String commandLine, String effect) {
        return entry("cli", List.of(commandLine.split(" ")), from, to, List.of(effect), node());
    }

    SampleRun load(int from, int to, String identifier) {
        return entry(
                "load",
                List.of(),
                from,
                to,
                List.of("loaded " + identifier + " llama ttl=600 context=4096"),
                node().put("identifier", identifier).put("outcome", "loaded"));
    }

    Evidence evidence() {
        return new Evidence(List.copyOf(versions), new Journal(List.copyOf(entries)), Duration.ofMinutes(1), 0, 0);
    }

    private SampleRun entry(String kind, List<String> argv, int from, int to, List<String> effects, ObjectNode raw) {
        entries.add(new JournalEntry(
                entries.size() + 1L,
                kind,
                argv,
                "",
                time(from),
                Optional.of(time(to)),
                Optional.of(0),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                effects,
                raw));
        return this;
    }

    private static ObjectNode node() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static Instant time(int seconds) {
        return BEGINNING.plusSeconds(seconds);
    }
}
