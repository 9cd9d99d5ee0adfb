package dev.lmstudiooperator.simulator.state;

/** One quantization of a catalog model. Its key cannot be loaded. */
public record Variant(String modelKey, long sizeBytes, Quantization quantization) {}
