package dev.lmstudiooperator.preflight;

import java.util.List;

/** The components of this process and its identity. */
public record Components(ProcessIdentity identity, List<Component> parts) {}
