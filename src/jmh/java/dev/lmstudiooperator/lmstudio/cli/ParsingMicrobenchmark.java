package dev.lmstudiooperator.lmstudio.cli;

import dev.lmstudiooperator.lmstudio.Instance;
import dev.lmstudiooperator.lmstudio.LmStudioFailure;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Measures parsing the output of {@code lms ps --json}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ParsingMicrobenchmark {

    @Param({"1", "100", "10000"})
    private int models;

    private String json = "";

    @Setup
    public void print() {
        json = IntStream.range(0, models)
                .mapToObj(ParsingMicrobenchmark::instance)
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Benchmark
    public List<Instance> parse() throws LmStudioFailure {
        return LmsJsonParser.loaded(json);
    }

    private static String instance(int number) {
        return """
                {"type":"llm","modelKey":"publisher/model-%1$d","format":"gguf","displayName":"Model %1$d","publisher":"publisher",
                "path":"publisher/model-%1$d/model.gguf","sizeBytes":4683074240,"architecture":"llama","vision":false,
                "trainedForToolUse":true,"maxContextLength":131072,"identifier":"model-%1$d","instanceReference":"r%1$d",
                "ttlMs":600000,"lastUsedTime":1767268800000,"contextLength":4096,"parallel":4,"status":"idle","queued":0,
                "deviceIdentifier":null}
                """.formatted(number);
    }
}
