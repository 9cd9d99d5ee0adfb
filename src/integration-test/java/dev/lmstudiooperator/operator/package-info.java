/** The whole operator as a user runs it: its jar, as its own service account, beside a real API server and real processes. */
@org.jspecify.annotations.NullMarked
package dev.lmstudiooperator.operator;
