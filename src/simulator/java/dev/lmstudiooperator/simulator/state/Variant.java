package dev.lmstudiooperator.simulator.state;

/** One quantisation of a catalogue model; its key cannot be loaded. */
public record Variant(String modelKey, long sizeBytes, Quantization quantization) {}
