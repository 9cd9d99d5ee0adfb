/**
 * Tests of the packaged operator as a user runs it: the jar, with its own service account, a real API server and real
 * processes.
 */
@org.jspecify.annotations.NullMarked
package dev.lmstudiooperator.operator;
