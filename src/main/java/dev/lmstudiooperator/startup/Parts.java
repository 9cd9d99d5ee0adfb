package dev.lmstudiooperator.startup;

import java.util.List;

/** What this process consists of. */
public record Parts(List<Part> parts) {}
