/** The catalog of failures that the operator handles. */
@org.jspecify.annotations.NullMarked
package dev.lmstudiooperator.scenarios;
