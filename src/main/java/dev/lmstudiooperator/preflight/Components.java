package dev.lmstudiooperator.preflight;

import java.util.List;

/** What this process consists of, and who it is. */
public record Components(ProcessIdentity identity, List<Component> parts) {}
