package dev.lmstudiooperator.simulator.state;

/** The quantization of the weights, for example {@code Q4_K_M} with 4 bits. */
public record Quantization(String name, int bits) {}
