package dev.lmstudiooperator.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The figures of one benchmark, merged with those of earlier benchmarks: {@code target/benchmarks/report.json} for
 * programs, and {@code report.md} for people, which is generated from it.
 */
public final class Report {

    private static final Path FOLDER = Path.of("target", "benchmarks");

    /** The report for programs. */
    static final Path JSON_FILE = FOLDER.resolve("report.json");

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final String HEAD = """
            | figure | unit | median | min | max | runs | floor | target | met |
            |---|---|---|---|---|---|---|---|---|
            """;

    private final String section;
    private final String measuredAt =
            Instant.now().truncatedTo(ChronoUnit.MINUTES).toString();
    private final List<Figure> figures = new ArrayList<>();

    /** @param section the heading, which describes the measurement */
    public Report(String section) {
        this.section = section;
    }

    public void add(Figure figure) {
        figures.add(figure);
    }

    /** Writes the report. It replaces the figures of earlier runs of the same benchmark. */
    public void write() {
        try {
            Files.createDirectories(FOLDER);
            ObjectNode report = JSON.createObjectNode();
            report.set("machine", MachineFacts.json());
            ArrayNode all = report.putArray("figures");
            earlier()
                    .filter(figure -> !figure.path("section").asText().equals(section))
                    .forEach(all::add);
            figures.forEach(figure -> all.add(json(figure)));
            JSON.writeValue(JSON_FILE.toFile(), report);
            String page = page(report);
            Files.writeString(FOLDER.resolve("report.md"), page);
            System.out.println(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<JsonNode> earlier() throws IOException {
        return Files.exists(JSON_FILE)
                ? StreamSupport.stream(
                        JSON.readTree(JSON_FILE.toFile()).path("figures").spliterator(), false)
                : Stream.of();
    }

    private ObjectNode json(Figure figure) {
        ObjectNode node = JSON.createObjectNode()
                .put("section", section)
                .put("measuredAt", measuredAt)
                .put("besideOtherWork", QuietMachine.Guard.isOff())
                .put("name", figure.name())
                .put("unit", figure.unit())
                .put("median", figure.median())
                .put("min", figure.min())
                .put("max", figure.max())
                .put("runs", figure.runs().size())
                .put("floor", figure.floor())
                .put("target", figure.target() == null ? null : figure.target().toString());
        return node.put("met", figure.isMet());
    }

    private static String page(JsonNode report) {
        StringBuilder page = new StringBuilder("# Benchmarks\n\n");
        report.path("machine")
                .properties()
                .forEach(fact -> page.append(
                        "- %s: %s\n".formatted(fact.getKey(), fact.getValue().asText())));
        String section = "";
        for (JsonNode figure : report.path("figures")) {
            if (!figure.path("section").asText().equals(section)) {
                section = figure.path("section").asText();
                page.append("\n## %s\n\n%s\n\n%s".formatted(section, circumstances(figure), HEAD));
            }
            page.append(row(figure));
        }
        return page.toString();
    }

    private static String circumstances(JsonNode figure) {
        return "Measured at %s%s."
                .formatted(
                        figure.path("measuredAt").asText(),
                        figure.path("besideOtherWork").asBoolean() ? ", beside other work" : "");
    }

    private static String row(JsonNode figure) {
        return "| %s | %s | %s | %s | %s | %s | %s | %s | %s |%n"
                .formatted(
                        figure.path("name").asText(),
                        figure.path("unit").asText(),
                        number(figure.path("median")),
                        number(figure.path("min")),
                        number(figure.path("max")),
                        figure.path("runs").asText(),
                        number(figure.path("floor")),
                        text(figure.path("target")),
                        met(figure.path("met")));
    }

    private static String number(JsonNode value) {
        return value.isNumber() ? Target.text(value.asDouble()) : "";
    }

    private static String text(JsonNode value) {
        return value.isTextual() ? value.asText() : "";
    }

    private static String met(JsonNode met) {
        return met.isBoolean() ? (met.asBoolean() ? "yes" : "**no**") : "";
    }
}
