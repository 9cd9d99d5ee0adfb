package dev.lmstudiooperator.simulator.state;

/** How the weights were shrunk, for example {@code Q4_K_M} with 4 bits. */
public record Quantization(String name, int bits) {}
