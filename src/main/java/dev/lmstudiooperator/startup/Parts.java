package dev.lmstudiooperator.startup;

import java.util.List;

/** What this process consists of, and who it is. */
public record Parts(Identity identity, List<Part> parts) {}
