package dev.lmstudiooperator.lmstudio;

import java.util.Set;

/**
 * What the HTTP API lists at one moment.
 *
 * @param instances what is loaded
 * @param modelKeys what is on disk; with just-in-time loading off, LM Studio before 0.4 lists loaded models only
 */
public record Served(Set<ServedInstance> instances, Set<String> modelKeys) {}
