package dev.lmstudiooperator.campaign.invariant;

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

/** Builds an artificial run of one ManagedModel {@code m}. Times are seconds since its beginning. */
final class MadeUpRun {

    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    private final List<Version> versions = new ArrayList<>();
    private final List<JournalEntry> entries = new ArrayList<>();

    MadeUpRun stands(int at) {
        return stands(at, "observedGeneration: 1");
    }

    /** A version of the object with this status, in YAML flow style. */
    MadeUpRun stands(int at, String status) {
        return version(at, false, status);
    }

    MadeUpRun isGone(int at, String status) {
        return version(at, true, status);
    }

    /** The status that the agent writes after it verified the model. */
    static String served(int provenAt) {
        return """
                observedGeneration: 1,
                verification: {result: Passed, mode: Served, checkedTime: "%s", cli: "", api: ""},
                conditions: [{type: Available, status: "True", reason: Verified}]""".formatted(time(provenAt));
    }

    private MadeUpRun version(int at, boolean isGone, String status) {
        ManagedModel model = Serialization.unmarshal("""
                metadata: {name: m, namespace: campaign, uid: uid-of-m}
                spec: {model: llama}
                status: {%s}
                """.formatted(status.replace('\n', ' ')), ManagedModel.class);
        versions.add(new Version(time(at), isGone, model));
        return this;
    }

    MadeUpRun calls(int from, int to, String commandLine) {
        return calls(from, to, commandLine, "done");
    }

    /** A call without an effect. */
    MadeUpRun fails(int from, int to, String commandLine) {
        return entry("cli", List.of(commandLine.split(" ")), from, to, List.of(), node());
    }

    /** A call with an effect in LM Studio. */
    MadeUpRun calls(int from, int to, String commandLine, String effect) {
        return entry("cli", List.of(commandLine.split(" ")), from, to, List.of(effect), node());
    }

    MadeUpRun loads(int from, int to, String identifier) {
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

    private MadeUpRun entry(String kind, List<String> argv, int from, int to, List<String> effects, ObjectNode raw) {
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
